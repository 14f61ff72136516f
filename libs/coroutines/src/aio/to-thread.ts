import { AsyncResource } from 'node:async_hooks';
import type { TaskLike } from '@interleave/transfer';
import { cancellable } from './cancellable.js';
import { MainCalls } from './main-calls.js';
import { threadPool } from './thread-pool.js';

/**
 * Runs a function in a thread, so that the event loop stays free; for work that computes, or that blocks.
 *
 * The function travels with what it closes over, and its arguments are copied, as with a `ThreadPoolExecutor`; which it is, one
 * for all, of as many threads as that has by default. In the thread, {@link runOnMain} leads back here.
 *
 * **Cancellation** ends the wait at once. A task that has not begun is taken back; one that runs goes on, and is told by
 * `currentTask().signal` of `pools`.
 *
 * @param task - a function, or what `task` and `moduleTask` of `transfer` make
 * @throws what the function throws; `SerializationError` if it cannot travel
 *
 * @example
 * ```ts
 * const digest = await aio.toThread(hash, file);
 * ```
 */
export async function toThread<A extends unknown[], R>(task: TaskLike<A, R>, ...args: A): Promise<Awaited<R>> {
  const pool = await threadPool();
  const calls = new MainCalls();
  // In the context of the caller: what the thread asks for is started by the task that has started the thread.
  const onProgress = AsyncResource.bind((value: unknown) => calls.hear(value));
  try {
    return await cancellable((signal) => pool.submitWith({ signal, onProgress }, task, ...args).result());
  } finally {
    calls.end();
  }
}
