export { ThreadPoolExecutor, type ThreadPoolExecutorOptions } from './thread-pool-executor.js';
export { ProcessPoolExecutor, type ProcessPoolExecutorOptions } from './process-pool-executor.js';
export { CoroutinePoolExecutor, type CoroutinePoolExecutorOptions } from './coroutine-pool-executor.js';
export { Pool } from './pool.js';
export { ThreadPool } from './thread-pool.js';
export { AsyncResult, type ResultCallbacks } from './async-result.js';
export type { ChunkOptions, MapAsyncOptions, PoolOptions, ThreadPoolOptions } from './pool-options.js';
export { Future, type FutureOwner, type FutureState } from './future.js';
export {
  wait,
  FIRST_COMPLETED,
  FIRST_EXCEPTION,
  ALL_COMPLETED,
  type ReturnWhen,
  type WaitForFuturesOptions,
  type DoneAndNotDone,
} from './wait.js';
export { asCompleted } from './as-completed.js';
export { carryContext } from '@interleave/transfer';
export { currentTask, type CurrentTask } from './current-task.js';
export type {
  Executor,
  ExecutorOptions,
  ExecutorStats,
  IterablesOf,
  MapOptions,
  ShutdownOptions,
  StreamOptions,
  SubmitOptions,
} from './executor.js';
export { transfer } from './transfer.js';
export { MAX_POOL_DEPTH, type WorkerPoolOptions } from './worker-pool-options.js';
