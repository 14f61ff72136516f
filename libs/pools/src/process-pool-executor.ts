import { cpuCount } from '@interleave/workers';
import { BaseExecutor } from './base-executor.js';
import { checkWorkerPoolOptions, type WorkerPoolOptions } from './worker-pool-options.js';
import { Dispatcher } from './dispatcher/dispatcher.js';
import { executorName } from './executor-name.js';

/** Options of {@link ProcessPoolExecutor}. */
export type ProcessPoolExecutorOptions = WorkerPoolOptions;

/**
 * Runs tasks in processes of the operating system. The interface is that of `ThreadPoolExecutor`.
 *
 * Use it for work that may crash, leak or must be killed: a process takes nothing else down. Threads start faster (30
 * against 60 ms), need less memory (9 against 43 MiB) and copy faster.
 *
 * **Arguments and results** are copied; nothing is shared.
 * **Cancellation** `cancel()` takes a task back until it has been sent to a process.
 * **Loss** as with threads; the `WorkerExitError` tells the exit code or the signal.
 * **Orphans** no worker outlives this process, however it ends.
 *
 * @example
 * ```ts
 * const pool = new ProcessPoolExecutor({ maxWorkers: 2 });
 * console.log(await pool.submit(() => process.pid).result());
 * await pool.shutdown();
 * ```
 */
export class ProcessPoolExecutor extends BaseExecutor {
  /**
   * @param options - `maxWorkers`: the number of processors if left out
   * @throws {TypeError | RangeError} for bad options
   * @throws {SerializationError} if the initializer cannot travel
   * @throws {RecursionDepthError} in a worker that is nested too deeply
   */
  constructor(options: ProcessPoolExecutorOptions = {}) {
    checkWorkerPoolOptions(options);
    const name = executorName('ProcessPoolExecutor');
    super(name, options, cpuCount(), (host, maxWorkers) => {
      const prefix = options.threadNamePrefix ?? name;
      return new Dispatcher(host, { ...options, kind: 'process', maxWorkers, staff: 'on demand', prefix });
    });
  }
}
