import { Hold, TimeoutError, type WaitOptions } from '@interleave/core';
import { Waiters } from '../waiters.js';
import type { LockOptions } from './lock.js';

/**
 * Lets at most `permits` tasks into a section at once, in the order they came.
 *
 * For tasks of one event loop; between threads or processes, take the Semaphore of `locks`. Anyone may release, and more
 * than was taken; a BoundedSemaphore refuses that.
 *
 * **Fairness** first come, first served: `release` hands the permit to the first in line.
 * **Cancellation** a cancelled wait takes no permit; one that it had got already goes to the next.
 *
 * @example
 * ```ts
 * const atMostFive = new aio.Semaphore(5);
 * await aio.gather(...urls.map((url) => atMostFive.withPermit(() => download(url))));
 * ```
 */
export class Semaphore {
  /** For messages. */
  readonly name: string | undefined;
  /** @internal The most permits there can be. */
  protected readonly limit: number;
  #value: number;
  readonly #line = new Waiters<boolean>();

  /**
   * @param permits - how many at once, a whole number from 0; 1 if left out
   * @throws {TypeError} if `permits` is not a number
   * @throws {RangeError} if it is no such whole number
   */
  constructor(permits = 1, options: LockOptions = {}) {
    checkCount(permits, 0, `make a semaphore of ${String(permits)} permits`);
    this.name = options.name;
    this.#value = permits;
    this.limit = this.limitOf(permits);
  }

  /** How many permits are free. */
  get value(): number {
    return this.#value;
  }

  /** Whether no permit is free. */
  locked(): boolean {
    return this.#value === 0;
  }

  /**
   * Takes a permit, or waits for one.
   *
   * @returns true, or false if the time is over; a timeout below 0 counts as 0
   * @throws {CancelledError} when the task is cancelled, or the signal aborts
   * @throws {TypeError | RangeError} for a bad timeout
   */
  async acquire(options: WaitOptions = {}): Promise<boolean> {
    if (this.tryAcquire()) return true;
    return this.#line.wait(this.#what(), { ...options, late: { value: false } }, (mine) => {
      if (mine) this.release();
    });
  }

  /** Takes a permit if one is free. */
  tryAcquire(): boolean {
    // One that is free is nobody's: those in line are handed theirs.
    if (this.#value === 0) return false;
    this.#value -= 1;
    return true;
  }

  /**
   * Gives permits to those who wait, in order, and keeps the rest.
   *
   * @param count - how many, a whole number from 1; 1 if left out
   * @throws {RangeError} if `count` is no such number, or there would be too many permits
   */
  release(count = 1): void {
    checkCount(count, 1, `release ${String(count)} permits of ${this.called()}`);
    if (count + this.#value > this.limit) {
      throw new RangeError(
        `Cannot release ${count} permits of ${this.called()}: ${this.#value} of ${this.limit} are free; release what was acquired`,
      );
    }
    let left = count;
    while (left > 0 && this.#line.wakeFirst(true)) left -= 1;
    this.#value += left;
  }

  /**
   * Runs `body` with a permit, and gives it back however `body` ends.
   *
   * @returns what `body` returned
   * @throws {TimeoutError} if no permit was free in time; `body` is not called then
   */
  async withPermit<T>(body: () => T | PromiseLike<T>, options?: WaitOptions): Promise<Awaited<T>> {
    const held = await this.hold(options);
    try {
      return await body();
    } finally {
      held.release();
    }
  }

  /**
   * Takes a permit for the rest of a block: `await using held = await semaphore.hold();`
   *
   * @throws {TimeoutError} if no permit was free in time
   */
  async hold(options?: WaitOptions): Promise<Hold> {
    if (await this.acquire(options)) return new Hold(() => this.release());
    throw new TimeoutError(`Cannot ${this.#what()}: not free within ${options?.timeout} ms`);
  }

  toString(): string {
    return `<${this.called()} value ${this.#value}, ${this.#line.length} waiting>`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  /** @internal */
  protected limitOf(_permits: number): number {
    return Number.MAX_SAFE_INTEGER;
  }

  /** @internal */
  protected called(): string {
    return this.name === undefined ? 'Semaphore' : `Semaphore ${JSON.stringify(this.name)}`;
  }

  #what(): string {
    return `acquire ${this.called()}`;
  }
}

function checkCount(count: unknown, least: number, what: string): void {
  if (typeof count !== 'number') throw new TypeError(`Cannot ${what}: ${typeof count} is not a number`);
  if (!Number.isSafeInteger(count) || count < least) {
    throw new RangeError(`Cannot ${what}: pass a whole number from ${least}`);
  }
}
