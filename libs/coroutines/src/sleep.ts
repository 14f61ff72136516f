import { checkTimeout, type WaitOptions } from '@interleave/core';
import { currentClock } from './fiber.js';
import { park } from './park.js';

/** Options of {@link sleep}. */
export type SleepOptions = Pick<WaitOptions, 'signal'>;

/**
 * Waits for a while, and lets everybody else have a turn meanwhile.
 *
 * **Cancellation** ends it at once, and its timer is gone.
 *
 * @param delay - milliseconds from 0; 0 gives every other ready task one turn
 * @param value - what it resolves to
 * @throws {RangeError | TypeError} if `delay` is not such a number
 *
 * @example
 * ```ts
 * await aio.sleep(100);
 * ```
 */
export async function sleep(delay: number): Promise<void>;
export async function sleep<T>(delay: number, value: T, options?: SleepOptions): Promise<T>;
export async function sleep<T>(delay: number, value?: T, options: SleepOptions = {}): Promise<T | undefined> {
  const time = checkTimeout(delay);
  return park('sleep', ({ wake }) => currentClock().setTimer(time, () => wake(value)), options);
}
