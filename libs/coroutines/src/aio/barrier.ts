import { BrokenBarrierError, type WaitOptions } from '@interleave/core';
import { Waiters } from '../waiters.js';
import type { LockOptions } from './lock.js';

/**
 * A point where a fixed number of tasks wait for each other, round after round.
 *
 *     filling ──the last one comes──> draining ──the last one has left──> filling ...
 *        └── abort ──> broken ── reset ──> filling
 *
 * For tasks of one event loop; between threads or processes, take the Barrier of `locks`. Who comes while a round leaves
 * belongs to the next, and waits until the door is shut.
 *
 * **Cancellation** a cancelled wait takes its arrival back; the others wait on.
 *
 * @example
 * ```ts
 * const barrier = new aio.Barrier(3);
 * const step = async () => { await prepare(); await barrier.wait(); await work(); };
 * await aio.gather(aio.spawn(step), aio.spawn(step), aio.spawn(step));
 * ```
 */
export class Barrier {
  /** How many must come. */
  readonly parties: number;
  /** For messages. */
  readonly name: string | undefined;
  #state: 'filling' | 'draining' | 'broken' = 'filling';
  /** While it drains: how many have not left. */
  #leaving = 0;
  /** Counts up when a round ends, in whatever way. */
  #round = 0;
  readonly #waiting = new Waiters<number>();
  readonly #newcomers = new Waiters<void>();

  /**
   * @param parties - how many must come, a whole number from 1
   * @throws {TypeError} if it is not a number
   * @throws {RangeError} if it is no such number
   */
  constructor(parties: number, options: LockOptions = {}) {
    if (typeof parties !== 'number') throw new TypeError(`Cannot make a Barrier: ${typeof parties} is not a number`);
    if (!Number.isSafeInteger(parties) || parties < 1) {
      throw new RangeError(`Cannot make a Barrier of ${parties} parties: pass a whole number from 1`);
    }
    this.parties = parties;
    this.name = options.name;
  }

  /** How many wait now. */
  get nWaiting(): number {
    return this.#waiting.length;
  }

  /** Whether nobody can pass until `reset`. */
  get broken(): boolean {
    return this.#state === 'broken';
  }

  /**
   * Waits until all have come.
   *
   * @param options - `signal`; for a limit of time, see `timeout`
   * @returns which one it was: from 0, the first to come, to `parties` - 1
   * @throws {BrokenBarrierError} if the barrier is broken, or is reset or broken meanwhile
   * @throws {CancelledError} when the task is cancelled, or the signal aborts
   */
  async wait(options: Pick<WaitOptions, 'signal'> = {}): Promise<number> {
    const { signal } = options;
    while (this.#state === 'draining') await this.#newcomers.wait(this.#what(), { signal }, () => {});
    if (this.#state === 'broken') throw this.#brokenError();
    const round = this.#round;
    let index = this.parties - 1;
    if (this.#waiting.length === index) {
      this.#state = 'draining';
      this.#leaving = this.parties;
      for (let place = 0; this.#waiting.wakeFirst(place); place++);
    } else {
      index = await this.#waiting.wait(this.#what(), { signal }, () => this.#leave(round));
    }
    this.#leave(round);
    return index;
  }

  /**
   * Waits until all have come, and then runs `body`. Nobody waits at its end.
   *
   * @param body - called with the index that {@link wait} gives
   * @returns what `body` returned
   * @throws as {@link wait} does, and what `body` throws
   */
  async run<T>(body: (index: number) => T | PromiseLike<T>): Promise<Awaited<T>> {
    return await body(await this.wait());
  }

  /** Breaks it: all who wait, and all who come later, get a BrokenBarrierError, until `reset`. */
  abort(): void {
    this.#state = 'broken';
    this.#expel();
  }

  /** Makes it usable again. Who waits now gets a BrokenBarrierError, and may come again at once. */
  reset(): void {
    this.#expel();
    this.#begin();
  }

  toString(): string {
    const inside = this.#state === 'draining' ? this.#leaving : this.nWaiting;
    return `<${this.#called()} ${this.#state}, ${inside} of ${this.parties} inside>`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  /** An abort or a reset has counted anew. */
  #leave(round: number): void {
    if (round !== this.#round) return;
    this.#leaving -= 1;
    if (this.#leaving === 0) this.#begin();
  }

  #expel(): void {
    this.#round += 1;
    this.#waiting.failAll(() => this.#brokenError());
    this.#newcomers.wakeAll();
  }

  #begin(): void {
    this.#round += 1;
    this.#state = 'filling';
    this.#newcomers.wakeAll();
  }

  #brokenError(): BrokenBarrierError {
    return new BrokenBarrierError(`Cannot pass ${this.#called()}: it is broken, or was reset; reset() it to go on`);
  }

  #called(): string {
    return this.name === undefined ? 'Barrier' : `Barrier ${JSON.stringify(this.name)}`;
  }

  #what(): string {
    return `wait at ${this.#called()}`;
  }
}
