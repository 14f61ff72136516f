import { AsyncResource } from 'node:async_hooks';
import { reportUncaught, type Clock, type StopTimer, type TimerOptions } from '@interleave/core';
import { TimerQueue, type TimerQueueEntry } from './timer-queue.js';

/** The longest delay that `setTimeout` understands. */
const LONGEST = 2 ** 31 - 1;

/** What fires runs in the async context it was set in, as with `setTimeout`: one object for both, as there may be many. */
class Timer extends AsyncResource implements TimerQueueEntry {
  readonly due: number;
  readonly age: number;
  readonly keepAlive: boolean;
  place = -1;
  slot = -1;
  fire: (() => void) | undefined;

  constructor(due: number, age: number, fire: () => void, keepAlive: boolean) {
    super('interleave.timer', BY_HAND);
    this.due = due;
    this.age = age;
    this.fire = fire;
    this.keepAlive = keepAlive;
  }

  stop(): void {
    clock.stopTimer(this);
  }
}

const BY_HAND = { requireManualDestroy: true };

/**
 * The clock of everything that waits on the event loop: a wheel with a tick of one millisecond, behind one timer of
 * Node's, however many wait.
 *
 * Beside `systemClock`, which sets a timer of Node's again whenever it is early, it spends half of the processor time on a
 * hundred thousand, and what is due in the same millisecond fires in order. A single timer may fire a millisecond later.
 */
class LoopClock implements Clock {
  readonly #queue = new TimerQueue<Timer>(0);
  #age = 0;
  #keptAlive = 0;
  #handle: NodeJS.Timeout | undefined;
  /** When the timer of Node's fires: a whole millisecond, so that those of one fire together, and rounded up, so that none is early. */
  #armed = Infinity;
  /** Whether those are called that are due. */
  #firing = false;

  now(): number {
    return performance.now();
  }

  setTimer(delay: number, fire: () => void, options: TimerOptions = {}): StopTimer {
    if (delay === Infinity) return () => {};
    if (Number.isNaN(delay)) throw new RangeError('Cannot set a timer for NaN milliseconds: pass a number from 0');
    const now = performance.now();
    const timer = new Timer(now + Math.max(0, delay), this.#age++, fire, options.keepAlive !== false);
    this.#queue.add(timer, now);
    if (timer.keepAlive) this.#keepAlive(1);
    if (!this.#firing && timer.due < this.#armed) this.#arm(timer.due);
    // Half as large as a closure, and there may be a hundred thousand.
    return timer.stop.bind(timer);
  }

  stopTimer(timer: Timer): void {
    timer.fire = undefined;
    if (this.#queue.delete(timer)) this.#left(timer);
  }

  #left(timer: Timer): void {
    if (timer.keepAlive) this.#keepAlive(-1);
    if (this.#queue.size === 0 && !this.#firing) this.#disarm();
  }

  #keepAlive(by: 1 | -1): void {
    this.#keptAlive += by;
    if (this.#keptAlive === 0) this.#handle?.unref();
    else if (this.#keptAlive === 1) this.#handle?.ref();
  }

  #arm(due: number): void {
    this.#disarm();
    this.#armed = Math.ceil(due);
    const left = Math.max(1, Math.ceil(this.#armed - performance.now()));
    this.#handle = setTimeout(this.#ring, Math.min(left, LONGEST));
    if (this.#keptAlive === 0) this.#handle.unref();
  }

  #disarm(): void {
    clearTimeout(this.#handle);
    this.#handle = undefined;
    this.#armed = Infinity;
  }

  readonly #ring = (): void => {
    this.#disarm();
    const now = performance.now();
    // Taken before the first is called: what it sets comes later, and what it stops must not fire.
    const due = this.#queue.takeAll(now);
    this.#firing = true;
    for (const timer of due) this.#fire(timer);
    this.#firing = false;
    const next = this.#queue.next();
    if (next !== Infinity) this.#arm(next);
  };

  #fire(timer: Timer): void {
    this.#left(timer);
    const { fire } = timer;
    if (fire === undefined) return;
    timer.fire = undefined;
    try {
      timer.runInAsyncScope(fire);
    } catch (error) {
      // The timers behind it must still fire.
      reportUncaught(error, { where: 'a timer' });
    }
  }
}

const clock = new LoopClock();

/** The clock of everything that waits on the event loop. */
export const loopClock: Clock = clock;
