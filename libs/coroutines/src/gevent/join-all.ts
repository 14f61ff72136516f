import type { Greenlet } from './greenlet.js';
import { iwait, type WaitForOptions } from './iwait.js';
import { outcomeOf } from './outcome.js';

/** Options of {@link joinAll}. */
export interface JoinAllOptions extends WaitForOptions {
  /** Whether the first error of a greenlet comes out, as soon as it is there. Default: false. */
  readonly raiseError?: boolean | undefined;
}

/**
 * Waits until greenlets have ended, however they end.
 *
 * @param greenlets - read once; duplicates count once
 * @param options - `count`: how many are enough; `timeout`: after which it resolves with those that have ended;
 *   `raiseError`; `signal`
 * @returns those that have ended, in the order in which they did
 * @throws the first error of a greenlet, with `raiseError`; the others go on
 * @throws {TypeError | RangeError} if the greenlets or the options make no sense
 * @throws {CancelledError} if `signal` aborts
 *
 * @example
 * ```ts
 * const greenlets = urls.map((url) => gevent.spawn(download, url));
 * await gevent.joinAll(greenlets, { timeout: 2_000 });
 * ```
 */
export async function joinAll<G extends Greenlet>(greenlets: Iterable<G>, options: JoinAllOptions = {}): Promise<G[]> {
  const ended: G[] = [];
  for await (const greenlet of iwait(greenlets, options)) {
    if (options.raiseError === true && !greenlet.successful()) {
      greenlet[outcomeOf].see();
      throw greenlet.exception;
    }
    ended.push(greenlet);
  }
  return ended;
}
