export * as aio from './aio/index.js';
export * as gevent from './gevent/index.js';
export {
  Scheduler,
  type MapOptions,
  type Order,
  type RunOptions,
  type SchedulerOptions,
  type SpawnOptions,
} from './scheduler/scheduler.js';
export type { Coroutine, Task, TaskState } from './scheduler/task.js';
export { Wait } from './scheduler/wait.js';
export { sleep } from './scheduler/sleep.js';
export { promised } from './scheduler/promised.js';
export { readable, writable } from './scheduler/readable.js';
export { Channel } from './scheduler/channel.js';
export { Semaphore } from './scheduler/semaphore.js';
export { randomOrder } from './scheduler/random-order.js';
export {
  exploreOrders,
  type ExploredOrders,
  type ExploreOrdersOptions,
  type WrongOrder,
} from './scheduler/explore-orders.js';
export type { Turn } from './scheduler/turn-watch.js';
export { loopClock } from './loop-clock.js';
