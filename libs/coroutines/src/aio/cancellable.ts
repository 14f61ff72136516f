import { park } from '../park.js';

/**
 * Makes the wait for a foreign promise one that can be cancelled: the wait ends at once, and the promise goes on, unless it
 * hears of it.
 *
 * @param work - a promise; or a function that is called at once with a signal and returns one. The signal aborts when the
 *   wait is cancelled, with the cancellation as its reason: pass it on, so that the work itself ends
 * @throws what the promise rejects with; `CancelledError` if the task is cancelled. What the promise rejects with after that is
 *   nobody's business
 *
 * @example
 * ```ts
 * const page = await aio.cancellable((signal) => fetch(url, { signal }));
 * ```
 */
export function cancellable<T>(work: PromiseLike<T> | ((signal: AbortSignal) => PromiseLike<T>)): Promise<T> {
  return park<T>('wait for the promise', ({ wake, fail }) => {
    if (typeof work !== 'function') {
      work.then(wake, fail);
      return undefined;
    }
    const abort = new AbortController();
    work(abort.signal).then(wake, fail);
    return (error) => abort.abort(error);
  });
}
