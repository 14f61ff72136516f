import { isMainThread, threadId } from 'node:worker_threads';
import { identity } from './identity.js';

/** The thread that asks. */
export interface CurrentThread {
  /** `MainThread`, or the name the thread was started with, for instance `Thread-1 (work)`. */
  readonly name: string;
  /** Node's number of the thread: 0 for the main thread of a process. */
  readonly id: number;
  /** Whether it is the main thread of its process. */
  readonly isMain: boolean;
  /** Whether it ends with its parent instead of keeping it alive; `false` in the main program. */
  readonly daemon: boolean;
}

/**
 * The thread this code runs in.
 *
 * @example
 * ```ts
 * const name = await pool.submit(() => currentThread().name).result(); // 'ThreadPoolExecutor-0_0'
 * ```
 */
export function currentThread(): CurrentThread {
  const { kind, name, daemon } = identity();
  return {
    name: kind === 'thread' ? name : isMainThread ? 'MainThread' : `Thread-${threadId}`,
    id: threadId,
    isMain: isMainThread,
    daemon,
  };
}
