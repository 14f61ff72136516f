/**
 * The line that all bodies go through: each at the pace of its page, all together at the pace of the line.
 *
 *     page A  ====>  \
 *     page B  =>      >  line, shared fairly: who wants less than an equal share leaves the rest to the others
 *     page C  ====>  /
 *
 * Progress is what the elapsed time is worth, never a count of timer ticks, so a late timer delays a byte but the last
 * byte of a page still comes when it should.
 */
import { systemClock, type StopTimer } from '@interleave/core';

/** The longest time between two pieces of one body, in milliseconds. */
const TICK_MS = 10;

/** A body on its way. */
export interface Transfer {
  /** Bytes that are still to come. */
  left: number;
  /** The page's own pace, in bytes a millisecond. */
  readonly rate: number;
  /** Sends the next `count` bytes; `last` when they are the end. */
  readonly send: (count: number, last: boolean) => void;
}

interface Moving extends Transfer {
  speed: number;
  credit: number;
}

/** Paces bodies. Holds a timer only while there are any. */
export class Link {
  readonly #rate: number;
  readonly #moving = new Set<Moving>();
  #settled = 0;
  #stop: StopTimer | undefined;

  /** @param rate - what all share, in bytes a millisecond; `Infinity` for no limit */
  constructor(rate: number) {
    this.#rate = rate;
  }

  /**
   * Puts a body on the line.
   *
   * @returns a function that takes it off again
   */
  add(transfer: Transfer): () => void {
    const moving: Moving = { ...transfer, speed: 0, credit: 0 };
    this.#change(() => this.#moving.add(moving));
    return () => {
      if (this.#moving.has(moving)) this.#change(() => this.#moving.delete(moving));
    };
  }

  /** Takes everything off the line. */
  close(): void {
    this.#moving.clear();
    this.#stop?.();
  }

  #change(change: () => void): void {
    this.#settle();
    change();
    this.#share();
    this.#arm();
  }

  /** Sends what the time since the last call is worth. */
  #settle(): void {
    const now = systemClock.now();
    const elapsed = now - this.#settled;
    this.#settled = now;
    for (const moving of this.#moving) {
      // An infinite pace times an elapsed time of 0 would be NaN.
      moving.credit = moving.speed === Infinity ? moving.left : moving.credit + moving.speed * elapsed;
      // The little more makes up for sums of fractions that end at 99.9999 of 100 bytes.
      const count = Math.min(moving.left, Math.floor(moving.credit + 1e-6));
      if (count <= 0) continue;
      moving.credit -= count;
      moving.left -= count;
      if (moving.left === 0) this.#moving.delete(moving);
      moving.send(count, moving.left === 0);
    }
  }

  /** Max-min fairness: slowest first, each gets its own pace or an equal share of what is left. */
  #share(): void {
    let rest = this.#rate;
    let waiting = this.#moving.size;
    for (const moving of [...this.#moving].sort((a, b) => a.rate - b.rate)) {
      moving.speed = Math.min(moving.rate, rest / waiting);
      rest -= rest === Infinity ? 0 : moving.speed;
      waiting -= 1;
    }
  }

  #arm(): void {
    this.#stop?.();
    this.#stop = undefined;
    let wait = TICK_MS;
    for (const { left, credit, speed } of this.#moving) wait = Math.min(wait, Math.max(0, (left - credit) / speed));
    if (this.#moving.size > 0) this.#stop = systemClock.setTimer(wait, () => this.#change(() => {}));
  }
}
