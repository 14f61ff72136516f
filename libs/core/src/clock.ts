/**
 * Where time comes from. Waiting code asks a `Clock` and never `setTimeout` itself, so that a test can put a virtual
 * clock in its place and an hour passes in no time.
 *
 * What Node's `setTimeout` gets wrong and {@link systemClock} gets right: it may fire up to a millisecond early, and it
 * turns delays above 2^31 - 1 into 1 ms.
 */

/** Stops a timer; a second call, or a call after it fired, does nothing. */
export type StopTimer = () => void;

/** Options of {@link Clock.setTimer}. */
export interface TimerOptions {
  /** Whether the waiting timer keeps the process alive. Default: true. */
  readonly keepAlive?: boolean;
}

/** A source of time and of timers. */
export interface Clock {
  /** Milliseconds since some fixed moment, never going back. */
  now(): number;
  /**
   * Calls `fire` once, not before `delay` milliseconds have passed, however large `delay` is. `Infinity` never fires
   * and holds nothing; a negative delay counts as 0.
   *
   * @throws {RangeError} if `delay` is NaN
   */
  setTimer(delay: number, fire: () => void, options?: TimerOptions): StopTimer;
}

/** The longest delay that `setTimeout` understands. */
const LONGEST = 2 ** 31 - 1;

/** The real clock: `performance.now()` and timers that are never early. */
export const systemClock: Clock = {
  now: () => performance.now(),
  setTimer(delay, fire, options = {}) {
    if (delay === Infinity) return () => {};
    if (Number.isNaN(delay)) throw new RangeError('Cannot set a timer for NaN milliseconds: pass a number from 0');
    const due = performance.now() + delay;
    let handle: NodeJS.Timeout | undefined;
    const arm = (left: number): void => {
      handle = setTimeout(check, Math.min(Math.ceil(left), LONGEST));
      if (options.keepAlive === false) handle.unref();
    };
    // A timer that fires early, or that stands for a part of a long delay, is set again for the rest.
    const check = (): void => {
      const left = due - performance.now();
      if (left > 0) arm(left);
      else fire();
    };
    arm(Math.max(0, delay));
    return () => {
      clearTimeout(handle);
      handle = undefined;
    };
  },
};
