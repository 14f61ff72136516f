import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { InvalidStateError, TimerHeap, type Clock, type StopTimer, type TimerHeapEntry } from '@interleave/core';

interface Timer extends TimerHeapEntry {
  readonly fire: () => void;
}

/**
 * A clock that stands still until the test moves it, so that an hour of waiting takes no time and the order of timers is
 * the same on every run.
 *
 * Give it to code that takes a `Clock`. Between two timers everything that is ready runs first: promises, and what they
 * lead to. It is for code on one event loop; what waits for sockets or other threads cannot be hurried.
 *
 * @example
 * ```ts
 * const clock = new VirtualClock();
 * const deadline = Deadline.after(1_000, { clock });
 * await clock.advance(1_000);
 * deadline.expired; // true
 * ```
 */
export class VirtualClock implements Clock {
  #now: number;
  /** By their time, and among equals by their age. */
  readonly #timers = new TimerHeap<Timer>();
  #age = 0;

  /**
   * @param start - what `now()` says first, in milliseconds. Default: 0
   * @throws {RangeError} if it is not finite
   */
  constructor(start = 0) {
    if (!Number.isFinite(start))
      throw new RangeError(`Cannot start a clock at ${start}: pass a number of milliseconds`);
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  setTimer(delay: number, fire: () => void): StopTimer {
    if (delay === Infinity) return () => {};
    if (Number.isNaN(delay)) throw new RangeError('Cannot set a timer for NaN milliseconds: pass a number from 0');
    const timer = { due: this.#now + Math.max(0, delay), age: this.#age++, place: -1, fire };
    this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
    };
  }

  /** How many timers wait. */
  get pending(): number {
    return this.#timers.size;
  }

  /**
   * Lets time pass. Timers that come due fire in their order, those that are set meanwhile too, and after each of them
   * everything that is ready runs.
   *
   * @param duration - milliseconds from 0
   * @throws {RangeError} if it is not such a number
   * @throws what a timer throws; time stands at that timer then
   */
  async advance(duration: number): Promise<void> {
    if (!Number.isFinite(duration) || duration < 0) {
      throw new RangeError(`Cannot advance by ${duration} ms: time goes forward; pass a finite number from 0`);
    }
    const until = this.#now + duration;
    await turnOfTheLoop();
    while ((this.#timers.peek()?.due ?? Infinity) <= until) await this.#fireNext();
    this.#now = until;
  }

  /**
   * Runs something to its end, and lets time jump to the next timer whenever nothing else is ready.
   *
   * @param body - what to run
   * @returns what it returned
   * @throws what it throws, and what a timer throws
   * @throws {InvalidStateError} if it waits, and no timer does: it waits for something that time does not bring
   *
   * @example
   * ```ts
   * await clock.run(() => retry(fetchPage, { clock, every: 60_000 })); // at once
   * ```
   */
  async run<T>(body: () => T | PromiseLike<T>): Promise<Awaited<T>> {
    let settled = false;
    const running = Promise.resolve(body()).finally(() => (settled = true));
    // Until it is awaited below, a rejection belongs to nobody.
    running.catch(() => {});
    for (await turnOfTheLoop(); !settled;) {
      if (this.#timers.size === 0) {
        throw new InvalidStateError(
          'Cannot go on: the body waits, and no timer does; it waits for something else than time',
        );
      }
      await this.#fireNext();
    }
    return running;
  }

  async #fireNext(): Promise<void> {
    const timer = this.#timers.shift() as Timer;
    this.#now = Math.max(this.#now, timer.due);
    timer.fire();
    await turnOfTheLoop();
  }
}
