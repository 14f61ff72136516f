import { projectTests } from '@interleave/quality';

export default projectTests(import.meta.url, {
  // Thousands of executions take their time on a busy machine; a hang takes for ever.
  testTimeout: 60_000,
});
