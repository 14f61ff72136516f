export { run, type RunOptions } from './run.js';
export { spawn, spawnWith, currentTask, Task, type TaskBody, type TaskOptions } from './task.js';
export { Future } from './future.js';
export { sleep, type SleepOptions } from '../sleep.js';
export { gather, gatherWith, type Gathered, type GatherOptions } from './gather.js';
export { shield } from './shield.js';
export { cancellable } from './cancellable.js';
export { waitFor } from './wait-for.js';
export {
  wait,
  FIRST_COMPLETED,
  FIRST_EXCEPTION,
  ALL_COMPLETED,
  type ReturnWhen,
  type WaitForTasksOptions,
  type DoneAndPending,
} from './wait.js';
export { asCompleted, type AsCompleted, type Finished } from './as-completed.js';
export { timeout, timeoutAt, now, Timeout } from './timeout.js';
export { TaskGroup } from './task-group.js';
export { Queue, type QueueOptions, type QueueShutdownOptions } from './queue.js';
export { LifoQueue } from './lifo-queue.js';
export { PriorityQueue, type PriorityQueueOptions } from './priority-queue.js';
export { Lock, type LockOptions } from './lock.js';
export { Event } from './event.js';
export { Condition } from './condition.js';
export { Semaphore } from './semaphore.js';
export { BoundedSemaphore } from './bounded-semaphore.js';
export { Barrier } from './barrier.js';
export type { Hold } from '@interleave/core';
export { toThread } from './to-thread.js';
export { runOnMain } from './run-on-main.js';
export { onMain, type MainFunction } from './main-function.js';
