import { AsyncResource } from 'node:async_hooks';
import { reportUncaught, type Clock, type StopTimer, type TimerOptions } from '@interleave/core';
import { TimingWheel, WheelEntry } from './timing-wheel.js';

/** The longest delay that `setTimeout` understands. */
const LONGEST = 2 ** 31 - 1;

class Timer extends WheelEntry {
  /** What fires runs in the async context it was set in, as with `setTimeout`. */
  readonly context = new AsyncResource('interleave.timer', { requireManualDestroy: true });
  readonly due: number;
  readonly age: number;
  readonly keepAlive: boolean;
  fire: (() => void) | undefined;

  constructor(tick: number, due: number, age: number, fire: () => void, keepAlive: boolean) {
    super(tick);
    this.due = due;
    this.age = age;
    this.fire = fire;
    this.keepAlive = keepAlive;
  }
}

/**
 * The clock of everything that waits on the event loop: a wheel with a tick of one millisecond, behind one timer of
 * Node's, however many wait.
 *
 * Beside `systemClock`, which sets a timer of Node's again whenever it is early, it spends half of the processor time on a
 * hundred thousand, and what is due in the same millisecond fires in order. A single timer may fire a millisecond later.
 */
class LoopClock implements Clock {
  #wheel = new TimingWheel<Timer>(0);
  #age = 0;
  #keptAlive = 0;
  #handle: NodeJS.Timeout | undefined;
  /** The tick that the timer of Node's is set for. */
  #armed = Infinity;
  /** Those that fire now: a stopped one must not, though the wheel has handed it out. */
  #firing = false;

  now(): number {
    return performance.now();
  }

  setTimer(delay: number, fire: () => void, options: TimerOptions = {}): StopTimer {
    if (delay === Infinity) return () => {};
    if (Number.isNaN(delay)) throw new RangeError('Cannot set a timer for NaN milliseconds: pass a number from 0');
    const now = performance.now();
    if (this.#wheel.size === 0 && !this.#firing) this.#wheel.advance(Math.floor(now), () => {});
    const due = now + Math.max(0, delay);
    // Rounded up, so that it is never early.
    const tick = Math.max(Math.ceil(due), this.#wheel.tick + 1);
    const timer = new Timer(tick, due, this.#age++, fire, options.keepAlive !== false);
    this.#wheel.add(timer);
    if (timer.keepAlive) this.#keepAlive(1);
    if (!this.#firing && tick < this.#armed) this.#arm(tick);
    return () => {
      timer.fire = undefined;
      if (this.#wheel.delete(timer)) this.#left(timer);
    };
  }

  #left(timer: Timer): void {
    if (timer.keepAlive) this.#keepAlive(-1);
    if (this.#wheel.size === 0 && !this.#firing) this.#disarm();
  }

  #keepAlive(by: 1 | -1): void {
    this.#keptAlive += by;
    if (this.#keptAlive === 0) this.#handle?.unref();
    else if (this.#keptAlive === 1) this.#handle?.ref();
  }

  #arm(tick: number): void {
    this.#disarm();
    this.#armed = tick;
    const left = Math.max(1, Math.ceil(tick - performance.now()));
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
    const due: Timer[] = [];
    this.#firing = true;
    let ofTick = 0;
    this.#wheel.advance(Math.floor(performance.now()), (timer) => {
      if (due[ofTick]?.tick !== timer.tick) {
        sortFrom(due, ofTick);
        ofTick = due.length;
      }
      due.push(timer);
    });
    sortFrom(due, ofTick);
    for (const timer of due) this.#fire(timer);
    this.#firing = false;
    const next = this.#wheel.next();
    if (next !== undefined) this.#arm(next);
  };

  #fire(timer: Timer): void {
    this.#left(timer);
    const { fire } = timer;
    if (fire === undefined) return;
    timer.fire = undefined;
    try {
      timer.context.runInAsyncScope(fire);
    } catch (error) {
      // The timers behind it must still fire.
      reportUncaught(error, { where: 'a timer' });
    }
  }
}

/** Above so many, the sort of the language is quicker than insertion. */
const FEW = 256;

/** Brings those of the last tick into order, from the place on where they begin. */
function sortFrom(timers: Timer[], from: number): void {
  if (timers.length - from > FEW) {
    for (const timer of timers.splice(from).sort((a, b) => a.due - b.due || a.age - b.age)) timers.push(timer);
    return;
  }
  for (let at = from + 1; at < timers.length; at++) {
    const timer = timers[at] as Timer;
    let to = at;
    for (; to > from; to--) {
      const other = timers[to - 1] as Timer;
      if (other.due < timer.due || (other.due === timer.due && other.age < timer.age)) break;
      timers[to] = other;
    }
    timers[to] = timer;
  }
}

/** The clock of everything that waits on the event loop. */
export const loopClock: Clock = new LoopClock();
