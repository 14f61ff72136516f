import { abortError, checkTimeout, onAbort, throwIfAborted, TimeoutError, type WaitOptions } from '@interleave/core';
import { currentFiber, type Parked } from './fiber.js';
import { loopClock } from './loop-clock.js';

/** Both ends of a wait. Each says whether it was the one that ended it: a wake-up that came too late goes to another. */
export interface Wakers<T> {
  /** Ends the wait with a value. */
  readonly wake: (value: T) => boolean;
  /** Ends the wait with an error. */
  readonly fail: (error: unknown) => boolean;
}

/** Options of {@link park}. */
export interface ParkOptions<T> extends WaitOptions {
  /** What the wait gives when the time is up, in place of a `TimeoutError`. */
  readonly late?: { readonly value: T } | undefined;
}

/**
 * The one wait of this package: until somebody wakes it, the current fiber is interrupted, `signal` aborts, or the
 * time is up, whichever comes first.
 *
 * @param what - what is waited for, for messages: `Cannot ${what}: ...`
 * @param arm - called at once, synchronously: registers the wait somewhere. What it returns is called once if the wait
 *   ends by anything else than the wakers, with the error if there is one, and takes the registration out again
 * @param options - `timeout` in milliseconds (0: if `arm` does not wake at once, the time is up), `signal`, `late`
 * @throws {TimeoutError} when the time is up
 * @throws {CancelledError} when the signal aborts, with its reason
 * @throws what the fiber was interrupted with
 */
export function park<T>(
  what: string,
  arm: (wakers: Wakers<T>) => ((error?: unknown) => void) | undefined,
  options: ParkOptions<T> = {},
): Promise<T> {
  const promise = new Promise<T>((resolve, reject) => {
    const timeout = checkTimeout(options.timeout);
    const { signal, late } = options;
    throwIfAborted(signal, what);
    const fiber = currentFiber();
    const interruption = fiber?.arrived();
    if (interruption !== undefined) throw interruption.error;

    let over = false;
    let stopTimer: (() => void) | undefined;
    let stopListening: (() => void) | undefined;
    const end = (): boolean => {
      if (over) return false;
      over = true;
      stopTimer?.();
      stopListening?.();
      fiber?.leave(wait);
      return true;
    };
    const abandon = (error: unknown): boolean => {
      if (!end()) return false;
      disarm?.(error);
      reject(error);
      return true;
    };
    const wait: Parked = {
      fail(error) {
        if (!abandon(error)) return false;
        // Whoever is interrupted may be elsewhere, with this promise still to be awaited, or never.
        promise.catch(() => {});
        return true;
      },
    };
    const disarm = arm({
      wake: (value) => {
        if (!end()) return false;
        resolve(value);
        return true;
      },
      fail: (error) => {
        if (!end()) return false;
        reject(error);
        return true;
      },
    });
    if (over) return;
    fiber?.enter(wait);
    if (timeout !== Infinity) {
      const timeIsUp = (): void => {
        if (late === undefined) abandon(new TimeoutError(`Cannot ${what}: not done within ${timeout} ms`));
        else if (end()) {
          disarm?.();
          resolve(late.value);
        }
      };
      if (timeout === 0) timeIsUp();
      else stopTimer = (fiber?.clock ?? loopClock).setTimer(timeout, timeIsUp);
    }
    if (signal !== undefined && !over) stopListening = onAbort(signal, () => abandon(abortError(signal, what)));
  });
  return promise;
}
