export { Lock } from './lock.js';
export { RLock } from './rlock.js';
export { Hold } from './hold.js';
export type { SharedOptions } from '@interleave/memory';
