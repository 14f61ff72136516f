import { collect } from '@interleave/core';
import { iwait, type WaitForOptions } from './iwait.js';
import type { Waitable } from './waitable.js';

/**
 * Waits for several things at once. To handle each as it becomes ready, prefer {@link iwait}.
 *
 * @param objects - greenlets, `AsyncResult`s and events; read once; duplicates count once
 * @param options - `count`: how many are enough; `timeout`: after which it resolves with what is ready; `signal`
 * @returns those that are ready, in the order in which they became so
 * @throws {TypeError | RangeError} if the objects or the options make no sense
 * @throws {CancelledError} if `signal` aborts
 *
 * @example
 * ```ts
 * const [first] = await gevent.wait([download, stopped], { count: 1 });
 * ```
 */
export async function wait<W extends Waitable>(objects: Iterable<W>, options?: WaitForOptions): Promise<W[]> {
  return collect(iwait(objects, options));
}
