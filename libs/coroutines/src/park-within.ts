import type { WaitOptions } from '@interleave/core';
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
export function parkWithin(
  what: string,
  arm: (done: () => boolean) => () => void,
  options: WaitOptions = {},
): Promise<boolean> {
  return park<boolean>(
    what,
    ({ wake }) => {
      let over = false;
      // `arm` may end the wait before there is anything to undo.
      let disarm = (): void => {};
      disarm = arm(() => {
        over = true;
        disarm();
        return wake(true);
      });
      if (!over) return disarm;
      disarm();
      return undefined;
    },
    { ...options, late: { value: false } },
  );
}
