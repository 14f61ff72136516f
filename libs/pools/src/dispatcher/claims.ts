/**
 * Who has a task that was sent ahead: the executor, which may still take it back, or the worker, which has begun it.
 *
 *     FREE ── offer ──> OFFERED ── worker claims ──> CLAIMED
 *                          └────── taken back ─────> TAKEN        (each back to FREE with the worker's answer)
 *
 * One word for each slot, shared by an executor and its threads. Both ways out of OFFERED are a compare-exchange, so
 * exactly one side gets the task: that is what makes `cancel()` of a task that was sent ahead an honest yes or no, and
 * what lets an idle worker be given the tasks that wait behind a long one.
 *
 * A slot is given out again only after the worker has answered for it, also when the task was taken back. Otherwise the
 * worker could claim, by an old message, the next task in the same slot.
 *
 * @internal
 */
const FREE = 0;
const OFFERED = 1;
const CLAIMED = 2;
const TAKEN = 3;

/** @internal See the top of the file. */
export class Claims {
  readonly buffer: SharedArrayBuffer;
  readonly #words: Int32Array;

  /** @param buffer - the table of an executor, or how many slots a new one has */
  constructor(buffer: SharedArrayBuffer | number) {
    this.buffer = typeof buffer === 'number' ? new SharedArrayBuffer(buffer * 4) : buffer;
    this.#words = new Int32Array(this.buffer);
  }

  /** The executor is about to send the task. */
  offer(slot: number): void {
    // The message that follows orders this store before anything the worker does with the slot.
    this.#words[slot] = OFFERED;
  }

  /** The worker wants to begin; false if the task was taken back. */
  claim(slot: number): boolean {
    return Atomics.compareExchange(this.#words, slot, OFFERED, CLAIMED) === OFFERED;
  }

  /** The executor wants the task back; false if it has begun. */
  takeBack(slot: number): boolean {
    return Atomics.compareExchange(this.#words, slot, OFFERED, TAKEN) === OFFERED;
  }

  /** Whether the worker has begun. */
  claimed(slot: number): boolean {
    return Atomics.load(this.#words, slot) === CLAIMED;
  }

  /** The worker has answered for the slot. */
  free(slot: number): void {
    this.#words[slot] = FREE;
  }
}
