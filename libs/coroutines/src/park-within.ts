import { checkTimeout, type WaitOptions } from '@interleave/core';
import { currentClock } from './fiber.js';
import { park } from './park.js';

/**
 * As {@link park}, for a wait that tells by its result whether it got what it waited for in time.
 *
 * @param what - what is waited for, for messages: `Cannot ${what}: ...`
 * @param arm - called at once: registers `done`, which says whether it was what ended the wait. What it returns takes the
 *   registration out again; it is called once, however the wait ends
 * @param options - `timeout` in milliseconds (0: only what `arm` finds at once counts), `signal`
 * @returns true, or false if the time is over
 * @throws what {@link park} throws, but no {@link TimeoutError} of its own
 */
export async function parkWithin(
  what: string,
  arm: (done: () => boolean) => () => void,
  options: WaitOptions = {},
): Promise<boolean> {
  const timeout = checkTimeout(options.timeout);
  return park<boolean>(
    what,
    ({ wake }) => {
      let over = false;
      // `arm` may end the wait before there is anything to undo.
      let stopTimer = (): void => {};
      let disarm = stopTimer;
      const leave = (): void => {
        over = true;
        stopTimer();
        disarm();
      };
      const end = (inTime: boolean): boolean => {
        leave();
        return wake(inTime);
      };
      disarm = arm(() => end(true));
      if (over) disarm();
      else if (timeout === 0) end(false);
      else if (timeout !== Infinity) stopTimer = currentClock().setTimer(timeout, () => end(false));
      return leave;
    },
    { signal: options.signal },
  );
}
