import { TimerHeap, type Clock, type StopTimer } from '@interleave/core';
import type { Sleep } from './sleep.js';

/** Tasks that wait for their time, behind one timer of the clock. */
export class Sleepers {
  readonly #heap = new TimerHeap<Sleep>();
  readonly #clock: Clock;
  readonly #ring: () => void;
  #age = 0;
  #stop: StopTimer | undefined;
  /** When the timer rings. */
  #rings = Infinity;

  /** @param ring - called when somebody is due, if it was armed */
  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  get size(): number {
    return this.#heap.size;
  }

  add(sleep: Sleep): void {
    sleep.due = this.#clock.now() + sleep.delay;
    sleep.age = this.#age++;
    this.#heap.add(sleep);
  }

  delete(sleep: Sleep): void {
    this.#heap.delete(sleep);
  }

  /** Wakes whoever is due; false if nobody is. */
  wake(): boolean {
    const first = this.#heap.peek();
    if (first === undefined) return false;
    const now = this.#clock.now();
    if (first.due > now) return false;
    for (let sleep = this.#heap.peek(); sleep !== undefined && sleep.due <= now; sleep = this.#heap.peek()) {
      this.#heap.delete(sleep);
      sleep.ring();
    }
    return true;
  }

  /** Sets the timer for the soonest, or takes it off if there is none. */
  arm(): void {
    const due = this.#heap.peek()?.due ?? Infinity;
    if (due === this.#rings) return;
    this.#stop?.();
    this.#rings = due;
    this.#stop = this.#clock.setTimer(due - this.#clock.now(), () => {
      this.#rings = Infinity;
      this.#ring();
    });
  }
}
