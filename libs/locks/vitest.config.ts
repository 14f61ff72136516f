import { projectTests } from '@interleave/quality';

export default projectTests(import.meta.url, {
  // What travels to another process has to be what an installer gets, not the test runner's rewriting of it.
  server: { deps: { external: [/\/dist\//] } },
  // Starting threads takes its time on a busy machine; a hang takes for ever.
  testTimeout: 30_000,
});
