export { Lock } from './lock.js';
export { RLock } from './rlock.js';
export { Semaphore } from './semaphore.js';
export { BoundedSemaphore } from './bounded-semaphore.js';
export { Condition } from './condition.js';
export { Barrier, type BarrierOptions } from './barrier.js';
export { debugLocks } from './debug-locks.js';
export { Hold } from './hold.js';
export type { SharedOptions } from '@interleave/memory';
