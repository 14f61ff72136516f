import { isGreenletExit } from './greenlet-exit.js';
import { Timeout } from './timeout.js';

/**
 * Runs a body and hands its errors to a handler, but lets through what is thrown into the greenlet from outside: the
 * `GreenletExit` of `kill`, and a `Timeout`. Use it where Python says `except Exception`.
 *
 * @param body - what to run
 * @param handle - gets the error; what it returns takes the place of the body's value
 * @returns what `body` or `handle` returned
 * @throws {GreenletExit | Timeout} if the greenlet is killed meanwhile, or its time is up
 * @throws what `handle` throws
 *
 * @example
 * ```ts
 * const page = await gevent.catchErrors(() => download(url), () => 'no page');
 * ```
 */
export async function catchErrors<T, R>(
  body: () => T | PromiseLike<T>,
  handle: (error: unknown) => R | PromiseLike<R>,
): Promise<Awaited<T> | Awaited<R>> {
  try {
    return await body();
  } catch (error) {
    if (isGreenletExit(error) || error instanceof Timeout) throw error;
    return await handle(error);
  }
}
