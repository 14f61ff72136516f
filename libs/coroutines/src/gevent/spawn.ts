import { Greenlet } from './greenlet.js';

/**
 * Starts a greenlet in the next turn.
 *
 * @param body - what to run; an async function, or any other
 * @param args - its arguments
 * @returns the greenlet, at once
 * @throws {TypeError} if `body` is not a function; nothing is started then
 *
 * @example
 * ```ts
 * const pages = urls.map((url) => gevent.spawn(download, url));
 * await gevent.joinAll(pages);
 * ```
 */
export function spawn<T, A extends readonly unknown[]>(
  body: (...args: A) => T | PromiseLike<T>,
  ...args: A
): Greenlet<T> {
  const greenlet = new Greenlet(body, ...args);
  greenlet.start();
  return greenlet;
}
