import { Pool } from './pool.js';
import type { ThreadPoolOptions } from './pool-options.js';

/**
 * A {@link Pool} whose workers are threads of this process: the same methods, cheaper copies, faster starts.
 *
 * A process that crashes, or is killed for lack of memory, takes nothing else down; a thread may. A `SharedArrayBuffer`
 * is shared with threads, and cannot be sent to processes.
 *
 * @example
 * ```ts
 * const lengths = await scoped(new ThreadPool({ processes: 4 }), (pool) => pool.map((s: string) => s.length, words));
 * ```
 */
export class ThreadPool extends Pool {
  /** @throws what the constructor of {@link Pool} throws */
  constructor(options: ThreadPoolOptions = {}) {
    super({ ...options, kind: 'thread' });
  }
}
