import { checkTimeout, type WaitOptions } from '@interleave/core';
import { currentClock } from './fiber.js';
import { park } from './park.js';
import { turnsOf } from './turns.js';

/** Options of {@link sleep}. */
export type SleepOptions = Pick<WaitOptions, 'signal'>;

/**
 * Waits for a while, and lets everybody else have a turn meanwhile.
 *
 * **Fairness** `sleep(0)` gives every other ready task one turn; however many tasks do nothing else, timers and sockets
 * get theirs.
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
export function sleep(delay: number): Promise<void>;
export function sleep<T>(delay: number, value: T, options?: SleepOptions): Promise<T>;
export function sleep<T>(delay: number, value?: T, options: SleepOptions = {}): Promise<T | undefined> {
  return park(
    'sleep',
    ({ wake }) => {
      const time = checkTimeout(delay);
      const clock = currentClock();
      if (time > 0) return clock.setTimer(time, () => wake(value));
      turnsOf(clock).call(() => wake(value));
      return undefined;
    },
    options,
  );
}
