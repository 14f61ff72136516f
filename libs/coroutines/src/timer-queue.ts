import { TimerHeap, type TimerHeapEntry } from '@interleave/core';
import { TimingWheel, type WheelEntry } from './timing-wheel.js';

/** What stands in a {@link TimerQueue}. It is in one at a time, once. */
export interface TimerQueueEntry extends TimerHeapEntry, WheelEntry {
  readonly due: number;
}

/**
 * Whatever waits for its time, the soonest first, and the older first of two that are due at the same moment.
 *
 * A wheel keeps those of later milliseconds, where adding and taking out cost the same however many wait; a heap keeps those
 * of this one, few, and brings them into order. So many cost no more each than few do, and the order is exact.
 */
export class TimerQueue<T extends TimerQueueEntry> {
  /** Everything of ticks behind the one where the wheel stands. */
  readonly #later: TimingWheel<T>;
  readonly #now = new TimerHeap<T>();
  readonly #isNow = (entry: T): void => this.#now.add(entry);

  /** @param now - the time, in milliseconds, as in all that follows */
  constructor(now: number) {
    this.#later = new TimingWheel(Math.floor(now));
  }

  /** How many entries wait. */
  get size(): number {
    return this.#now.size + this.#later.size;
  }

  /** Puts an entry in. */
  add(entry: T, now: number): void {
    if (this.size === 0) this.#later.step(Math.floor(now), this.#isNow);
    if (entry.due < this.#later.tick + 1) this.#now.add(entry);
    else this.#later.add(entry);
  }

  /** Takes an entry out; false if it is not in. */
  delete(entry: T): boolean {
    return entry.slot < 0 ? this.#now.delete(entry) : this.#later.delete(entry);
  }

  /** Takes the soonest out, if it is due. */
  take(now: number): T | undefined {
    do {
      const first = this.#now.peek();
      if (first !== undefined) return first.due <= now ? this.#now.shift() : undefined;
    } while (this.#later.step(Math.floor(now), this.#isNow));
    return undefined;
  }

  /** When to look again: nothing is due before; `Infinity` if nothing waits. */
  next(): number {
    return this.#now.peek()?.due ?? this.#later.next() ?? Infinity;
  }
}
