export { Lock } from './lock.js';
export { Hold } from './hold.js';
export type { SharedOptions } from '@interleave/memory';
