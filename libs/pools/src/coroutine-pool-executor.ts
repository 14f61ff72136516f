import { BaseExecutor } from './base-executor.js';
import { CoroutineGround } from './coroutine-ground.js';
import { executorName } from './executor-name.js';
import type { ExecutorOptions } from './executor.js';

/** How many tasks run at once if `maxWorkers` is left out. */
const DEFAULT_WORKERS = 32;

/** Options of {@link CoroutinePoolExecutor}. */
export type CoroutinePoolExecutorOptions = ExecutorOptions;

/**
 * Runs tasks in this event loop, at most `maxWorkers` of them at the same time.
 *
 * Use it for work that waits: requests, timers, files. It costs next to nothing and shares all variables, so nothing
 * is copied. Work that computes stops everything else here; give that to a `ThreadPoolExecutor`.
 *
 * **Arguments and results** are the same objects, not copies.
 * **Order** tasks begin in the order of submission, never before `submit` has returned.
 * **Cancellation** a running task cannot be stopped against its will; `currentTask().signal` tells it.
 * **Context** a task runs in the `AsyncLocalStorage` context of its submit.
 *
 * @example
 * ```ts
 * const pool = new CoroutinePoolExecutor({ maxWorkers: 5 });
 * for await (const page of pool.map(download, urls)) console.log(page.length);
 * await pool.shutdown();
 * ```
 */
export class CoroutinePoolExecutor extends BaseExecutor {
  /**
   * @param options - `maxWorkers`: 32 if left out
   * @throws {TypeError | RangeError} for bad options
   */
  constructor(options: CoroutinePoolExecutorOptions = {}) {
    super(executorName('CoroutinePoolExecutor'), options, DEFAULT_WORKERS, (host, maxWorkers) => {
      return new CoroutineGround(host, maxWorkers, options);
    });
  }
}
