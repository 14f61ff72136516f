import { projectTests } from '@interleave/quality';

export default projectTests(import.meta.url, {
  // One test is about what can be collected; it calls gc().
  execArgv: ['--expose-gc'],
});
