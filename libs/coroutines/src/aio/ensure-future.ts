import { Future, settle } from './future.js';
import { isPromiseLike } from './is-promise-like.js';

/**
 * What may be awaited, as a future: itself if it is one, one that follows a foreign promise, or one that is over for a
 * plain value. A foreign promise goes on when its future is cancelled.
 *
 * @internal
 * @throws {TypeError} for a function, which is a forgotten call
 */
export function ensureFuture<T>(awaitable: T, what: string): Future<Awaited<T>> {
  if (awaitable instanceof Future) return awaitable as Future<Awaited<T>>;
  if (typeof awaitable === 'function') {
    throw new TypeError(`Cannot ${what} the function ${awaitable.name}: pass spawn(${awaitable.name}), or its promise`);
  }
  const future = new Future<Awaited<T>>('');
  if (isPromiseLike(awaitable)) {
    awaitable.then(
      (value) => settle(future, 'succeeded', value),
      (error: unknown) => settle(future, 'failed', error),
    );
  } else settle(future, 'succeeded', awaitable);
  return future;
}
