import type { Clock, StopTimer } from '@interleave/core';
import { TimerQueue } from '../timer-queue.js';
import type { Sleep } from './sleep.js';

/** Tasks that wait for their time, behind one timer of the clock. */
export class Sleepers {
  readonly #queue: TimerQueue<Sleep>;
  readonly #clock: Clock;
  readonly #ring: () => void;
  #age = 0;
  #stop: StopTimer | undefined;
  /** When the timer rings. */
  #rings = Infinity;

  /** @param ring - called when somebody may be due, if it was armed */
  constructor(clock: Clock, ring: () => void) {
    this.#queue = new TimerQueue(clock.now());
    this.#clock = clock;
    this.#ring = ring;
  }

  get size(): number {
    return this.#queue.size;
  }

  add(sleep: Sleep): void {
    const now = this.#clock.now();
    sleep.due = now + sleep.delay;
    sleep.age = this.#age++;
    this.#queue.add(sleep, now);
  }

  delete(sleep: Sleep): void {
    this.#queue.delete(sleep);
  }

  /** Wakes whoever is due; false if nobody is. */
  wake(): boolean {
    if (this.#queue.size === 0) return false;
    const due = this.#queue.takeAll(this.#clock.now());
    for (const sleep of due) sleep.ring();
    return due.length > 0;
  }

  /** Sets the timer for the soonest, or takes it off if there is none. */
  arm(): void {
    const due = this.#queue.next();
    if (due === this.#rings) return;
    this.#stop?.();
    this.#rings = due;
    this.#stop = this.#clock.setTimer(due - this.#clock.now(), () => {
      this.#rings = Infinity;
      this.#ring();
    });
  }
}
