import { checkTimeout, TimeoutError } from '@interleave/core';
import { Greenlet, type KillOptions } from './greenlet.js';
import { wait } from './wait.js';
import { waitables } from './waitable.js';

/**
 * Kills greenlets all at once, and waits until all have ended.
 *
 * @param greenlets - read once, at the call
 * @param options - as for `Greenlet.kill`
 * @throws {TimeoutError} if not all have ended in time; all have been told
 * @throws {TypeError | RangeError} if the greenlets or the options make no sense; nothing is killed then
 * @throws {CancelledError} if `signal` aborts
 *
 * @example
 * ```ts
 * await gevent.killAll(greenlets, { timeout: 1_000 });
 * ```
 */
export async function killAll(greenlets: Iterable<Greenlet>, options: KillOptions = {}): Promise<void> {
  const timeout = checkTimeout(options.timeout);
  const all = waitables(greenlets, 'killAll');
  for (const each of all) {
    if (!(each instanceof Greenlet)) throw new TypeError(`Cannot kill ${typeof each}: killAll takes greenlets`);
  }
  for (const each of all) each.throw(options.exception);
  if (options.block === false) return;
  const ended = await wait(all, { timeout, signal: options.signal });
  if (ended.length === all.size) return;
  throw new TimeoutError(
    `Cannot kill ${all.size - ended.length} of ${all.size} greenlets within ${timeout} ms: they are in no wait of this package, or caught the error`,
  );
}
