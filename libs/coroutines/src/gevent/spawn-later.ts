import { Greenlet } from './greenlet.js';

/**
 * Starts a greenlet after a while. Until then it can be killed, and its timer with it.
 *
 * @param delay - milliseconds from 0
 * @param body - what to run; an async function, or any other
 * @param args - its arguments
 * @returns the greenlet, at once
 * @throws {TypeError | RangeError} if `body` is not a function, or `delay` not such a number; nothing is started then
 *
 * @example
 * ```ts
 * const alarm = gevent.spawnLater(5_000, () => console.log('time for tea'));
 * await alarm.kill(); // no tea today
 * ```
 */
export function spawnLater<T, A extends readonly unknown[]>(
  delay: number,
  body: (...args: A) => T | PromiseLike<T>,
  ...args: A
): Greenlet<T> {
  const greenlet = new Greenlet(body, ...args);
  greenlet.startLater(delay);
  return greenlet;
}
