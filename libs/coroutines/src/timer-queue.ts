import { TimerHeap, type TimerHeapEntry } from '@interleave/core';
import { TimingWheel, type WheelEntry } from './timing-wheel.js';

/** What stands in a {@link TimerQueue}. It is in one at a time, once. */
export interface TimerQueueEntry extends TimerHeapEntry, WheelEntry {
  readonly due: number;
}

/** In place of a slot: the entry is in the batch. */
const IN_BATCH = -2;

/**
 * Whatever waits for its time, the soonest first, and the older first of two that are due at the same moment.
 *
 * A wheel keeps those of later milliseconds, where adding and taking out cost the same however many wait. Those of the millisecond
 * that comes next are brought into order all together; a heap keeps what is added for it meanwhile. So many cost no more
 * each than few do, and the order is exact.
 */
export class TimerQueue<T extends TimerQueueEntry> {
  /** Everything of ticks behind the one where the wheel stands. */
  readonly #later: TimingWheel<T>;
  /** What the wheel gave out at its tick, in order. Who has left is a hole, and so is who has had its turn. */
  #batch: (T | undefined)[] = [];
  #next = 0;
  #inBatch = 0;
  readonly #added = new TimerHeap<T>();

  /** @param now - the time, in milliseconds, as in all that follows */
  constructor(now: number) {
    this.#later = new TimingWheel(Math.floor(now));
  }

  /** How many entries wait. */
  get size(): number {
    return this.#inBatch + this.#added.size + this.#later.size;
  }

  /** Puts an entry in. */
  add(entry: T, now: number): void {
    if (this.size === 0) this.#later.step(Math.floor(now));
    if (entry.due < this.#later.tick + 1) this.#added.add(entry);
    else this.#later.add(entry);
  }

  /** Takes an entry out; false if it is not in. */
  delete(entry: T): boolean {
    if (entry.slot >= 0) return this.#later.delete(entry);
    if (entry.slot !== IN_BATCH) return this.#added.delete(entry);
    this.#leaveBatch(entry);
    return true;
  }

  /** Takes everything out that is due, in order. */
  takeAll(now: number): T[] {
    const all: T[] = [];
    for (;;) {
      for (let entry = this.#takeKnown(now); entry !== undefined; entry = this.#takeKnown(now)) all.push(entry);
      if (this.#first() !== undefined) return all;
      const batch = this.#later.step(Math.floor(now));
      if (batch === undefined) return all;
      if (batch.length > 1) batch.sort(inOrder);
      // Most often its millisecond is over.
      if (this.#later.tick + 1 > now) this.#keep(batch);
      else for (let at = 0; at < batch.length; at++) all.push(batch[at] as T);
    }
  }

  /** When to look again: nothing is due before; `Infinity` if nothing waits. */
  next(): number {
    return this.#first()?.due ?? this.#later.next() ?? Infinity;
  }

  #first(): T | undefined {
    const added = this.#added.peek();
    if (this.#inBatch === 0) return added;
    while (this.#batch[this.#next] === undefined) this.#next += 1;
    const first = this.#batch[this.#next] as T;
    return added !== undefined && inOrder(added, first) < 0 ? added : first;
  }

  #takeKnown(now: number): T | undefined {
    const first = this.#first();
    if (first === undefined || first.due > now) return undefined;
    if (first.slot === IN_BATCH) this.#leaveBatch(first);
    else this.#added.shift();
    return first;
  }

  #keep(batch: T[]): void {
    for (let place = 0; place < batch.length; place++) {
      const entry = batch[place] as T;
      entry.slot = IN_BATCH;
      entry.place = place;
    }
    this.#batch = batch;
    this.#next = 0;
    this.#inBatch = batch.length;
  }

  #leaveBatch(entry: T): void {
    this.#batch[entry.place] = undefined;
    this.#inBatch -= 1;
    entry.slot = entry.place = -1;
    if (this.#inBatch === 0) this.#batch = [];
  }
}

function inOrder(a: TimerQueueEntry, b: TimerQueueEntry): number {
  return a.due - b.due || a.age - b.age;
}
