import type { WaitOptions } from '@interleave/core';
import { onAbort, abortError, throwIfAborted } from '@interleave/core';
import { ensureFuture } from './ensure-future.js';
import { timeout } from './timeout.js';

/**
 * Waits for a task, and cancels it when the time is up.
 *
 * The task may clean up; only when it has ended, the error comes out. A promise that is no task goes on by itself. To let a
 * task go on, wait for its `shield`.
 *
 * @param awaitable - a task, or a promise
 * @param options - `timeout`: the longest wait, in milliseconds; `signal` cancels it, too
 * @throws {TimeoutError} when the time is up; its `cause` is the cancellation
 * @throws {CancelledError} when the signal aborts
 * @throws {TypeError | RangeError} for a bad timeout, or a function that was not called
 *
 * @example
 * ```ts
 * const page = await aio.waitFor(aio.spawn(download, url), { timeout: 1_000 });
 * ```
 */
export async function waitFor<T>(awaitable: T, options: WaitOptions = {}): Promise<Awaited<T>> {
  const { signal } = options;
  const scope = timeout(options.timeout);
  throwIfAborted(signal, 'wait');
  const future = ensureFuture(awaitable, 'wait for');
  const leave = signal && onAbort(signal, () => future.cancelWith(abortError(signal, 'wait')));
  try {
    return await scope.run(() => future);
  } finally {
    leave?.();
  }
}
