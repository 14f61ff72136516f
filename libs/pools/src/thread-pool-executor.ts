import { cpuCount, type WorkerResourceLimits } from '@interleave/workers';
import { BaseExecutor } from './base-executor.js';
import { checkWorkerPoolOptions, type WorkerPoolOptions } from './worker-pool-options.js';
import { Dispatcher } from './dispatcher/dispatcher.js';
import { executorName } from './executor-name.js';

/** Options of {@link ThreadPoolExecutor}. */
export interface ThreadPoolExecutorOptions extends WorkerPoolOptions {
  /**
   * Limits on the memory of each thread; see `resourceLimits` of `node:worker_threads`. They are no fence: a thread that
   * fills the room with arrays ended the whole process on Node 24, and went on without end on Node 26.
   */
  readonly resourceLimits?: WorkerResourceLimits | undefined;
}

/**
 * Runs tasks in threads of this process, each with an event loop of its own.
 *
 * Use it for work that computes: the threads really run at the same time. For work that only waits, a
 * `CoroutinePoolExecutor` costs less; for work that may crash or must be killed, prefer a `ProcessPoolExecutor`.
 *
 * **Arguments and results** are copied (structured clone and the codec of `@interleave/transfer`); a
 * `SharedArrayBuffer` is shared.
 * **Start** a thread starts when a task finds no idle one (some 30 ms); idle threads do not keep the process alive.
 * **Cancellation** `cancel()` takes a task back until a thread has begun it.
 * **Loss** a thread that dies breaks the executor: unfinished futures fail with a `BrokenExecutorError`, the one of the
 * task that it ran with a `WorkerExitError`. A thread that dies with nothing to do is replaced.
 *
 * @example
 * ```ts
 * const pool = new ThreadPoolExecutor({ maxWorkers: 4 });
 * const digits = 7;
 * const future = pool.submit((x: number) => x.toFixed(digits), Math.PI);
 * console.log(await future.result()); // '3.1415927'
 * await pool.shutdown();
 * ```
 */
export class ThreadPoolExecutor extends BaseExecutor {
  /**
   * @param options - `maxWorkers`: the number of processors plus 4, at most 32, if left out
   * @throws {TypeError | RangeError} for bad options
   * @throws {SerializationError} if the initializer cannot travel
   * @throws {RecursionDepthError} in a worker that is nested too deeply
   */
  constructor(options: ThreadPoolExecutorOptions = {}) {
    checkWorkerPoolOptions(options);
    const name = executorName('ThreadPoolExecutor');
    super(name, options, Math.min(32, cpuCount() + 4), (host, maxWorkers) => {
      const prefix = options.threadNamePrefix ?? name;
      return new Dispatcher(host, { ...options, kind: 'thread', maxWorkers, staff: 'on demand', prefix });
    });
  }
}
