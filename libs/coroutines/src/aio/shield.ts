import { ensureFuture } from './ensure-future.js';
import { Future, failureOf, onDone, settle } from './future.js';

/**
 * Keeps a cancellation away from a task: who awaits the shield can be cancelled, and the task goes on.
 *
 * Its value, its error or its own cancellation comes through. Keep the task, and await it in the end: after the shield is
 * gone, nobody else hears of its error.
 *
 * @param awaitable - a task, or a promise
 * @throws {TypeError} for a function: it was not called
 *
 * @example
 * ```ts
 * const saving = aio.spawn(save, file);
 * await aio.waitFor(aio.shield(saving), { timeout: 1_000 }); // late or not, the file is saved
 * ```
 */
export function shield<T>(awaitable: T): Future<Awaited<T>> {
  const inner = ensureFuture(awaitable, 'shield');
  const outer = new Future<Awaited<T>>('shield');
  const leave = onDone(inner, () => {
    const failure = failureOf(inner);
    if (failure === undefined) settle(outer, 'succeeded', inner.result());
    else settle(outer, inner.cancelled() ? 'cancelled' : 'failed', failure.error);
  });
  // A failure after that is to be reported, as one that nobody has asked for.
  onDone(outer, leave);
  return outer;
}
