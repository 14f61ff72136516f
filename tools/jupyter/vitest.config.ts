import { projectTests } from '@interleave/quality';

// The tests start and end real processes, which takes long on a machine that is busy with the rest of the gate.
export default projectTests(import.meta.url, { testTimeout: 60_000 });
