import { projectTests } from '@interleave/quality';

// Starting threads takes its time on a busy machine; a hang takes for ever.
export default projectTests(import.meta.url, { testTimeout: 30_000, execArgv: ['--expose-gc'] });
