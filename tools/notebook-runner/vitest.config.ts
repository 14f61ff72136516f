import { projectTests } from '@interleave/quality';

// Most tests start kernels: 1.5 s each on an idle machine, many times that on a busy one.
export default projectTests(import.meta.url, { testTimeout: 120_000, hookTimeout: 120_000 });
