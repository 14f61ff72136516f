import { projectTests } from '@interleave/quality';

export default projectTests(import.meta.url, {
  // Some rows are about what can be collected; they call gc().
  execArgv: ['--expose-gc'],
  // Starting workers takes its time on a busy machine; a hang takes for ever.
  testTimeout: 30_000,
});
