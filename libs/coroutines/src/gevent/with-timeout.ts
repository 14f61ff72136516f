import { Timeout } from './timeout.js';

/** Options of {@link withTimeout}. */
export interface WithTimeoutOptions<V> {
  /** What to return when the time is up, instead of an error. `undefined` is a value, too, if it is given. */
  readonly timeoutValue?: V;
}

/**
 * Calls a function under a limit; see {@link Timeout} for what that can stop.
 *
 * @param limit - milliseconds; below 0 counts as 0; `undefined` and `Infinity` never end
 * @param body - what to call
 * @param options - `timeoutValue`
 * @returns what `body` returned, or the `timeoutValue`
 * @throws {Timeout} when the time is up and there is no `timeoutValue`
 * @throws what `body` throws; another timeout inside or around is no reason for the `timeoutValue`
 *
 * @example
 * ```ts
 * const page = await gevent.withTimeout(500, () => download(url), { timeoutValue: 'no page' });
 * ```
 */
export async function withTimeout<T, V = never>(
  limit: number | undefined,
  body: () => T | PromiseLike<T>,
  options: WithTimeoutOptions<V> = {},
): Promise<Awaited<T> | V> {
  const timeout = new Timeout(limit);
  try {
    return await timeout.run(body);
  } catch (error) {
    if (error === timeout && 'timeoutValue' in options) return options.timeoutValue;
    throw error;
  }
}
