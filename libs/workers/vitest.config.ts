import { projectTests } from '@interleave/quality';

export default projectTests(import.meta.url, {
  // One row is about what can be collected; it calls gc().
  execArgv: ['--expose-gc'],
  // What a target uses of a package has to be what an installer gets, not the test runner's rewriting of it.
  server: { deps: { external: [/\/dist\//] } },
  // Starting children takes its time on a busy machine; a hang takes for ever.
  testTimeout: 30_000,
});
