import { projectTests } from '@interleave/quality';

export default projectTests(import.meta.url);
