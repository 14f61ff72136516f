import {
  HASH,
  LIVE,
  ORDERS,
  PLANNED,
  POLICY,
  QUEUED,
  SAVED,
  snapshotSize,
  STAY,
  STEP,
  WAITER,
  WOKEN,
  type Control,
} from './control.js';

/**
 * The present of each step of the last execution, so that the next one, which differs from it at some step only, begins there
 * and not at its first step.
 *
 * The present is all that changes from step to step and is not written down by steps anyway. That threads have scripts makes it
 * possible: where one stands in its script is a number. Without, only a run from the beginning brings it there.
 */
export class Snapshots {
  readonly #control: Control;
  readonly #ints: Int32Array;
  /** Where the present begins, and its length while nobody waits. */
  readonly #present: number;
  readonly #length: number;
  /** Where the snapshots begin, and the length of one. */
  readonly #first: number;
  readonly #size: number;
  readonly #most: number;

  constructor(control: Control) {
    const { head, queue, snapshots, handle } = control;
    const indexOf = (part: Int32Array): number => part.byteOffset / Int32Array.BYTES_PER_ELEMENT;
    this.#control = control;
    this.#ints = new Int32Array(handle.ints);
    this.#present = indexOf(head) + HASH;
    this.#length = indexOf(queue) - this.#present;
    this.#first = indexOf(snapshots);
    this.#size = snapshotSize(handle);
    this.#most = snapshots.length / this.#size;
  }

  /** Keeps the present, before a step is decided. */
  save(step: number): void {
    const { head, handle, timeSnapshots, clock, deadlines } = this.#control;
    if (step >= this.#most || head[PLANNED] !== 1 || head[POLICY] !== STAY || head[LIVE] !== 0) return;
    const queued = head[QUEUED] as number;
    const length = this.#length + queued * WAITER;
    this.#ints.copyWithin(this.#first + step * this.#size, this.#present, this.#present + length);
    const at = step * (1 + handle.threads);
    timeSnapshots[at] = clock[0] as number;
    for (let waiter = 0; waiter < queued; waiter++) timeSnapshots[at + 1 + waiter] = deadlines[waiter] as number;
    head[SAVED] = step + 1;
  }

  /** Goes back to the step before which the next execution differs from the last one; returns whether it can. */
  restore(): boolean {
    const { head, handle, timeSnapshots, clock, deadlines } = this.#control;
    const step = Math.min(head[ORDERS] as number, head[SAVED] as number) - 1;
    if (step < 0 || head[PLANNED] !== 1) return false;
    const from = this.#first + step * this.#size;
    const queued = this.#ints[from + QUEUED - HASH] as number;
    this.#ints.copyWithin(this.#present, from, from + this.#length + queued * WAITER);
    const at = step * (1 + handle.threads);
    clock[0] = timeSnapshots[at] as number;
    for (let waiter = 0; waiter < queued; waiter++) deadlines[waiter] = timeSnapshots[at + 1 + waiter] as number;
    head[STEP] = step;
    head[WOKEN] = 0;
    return true;
  }
}
