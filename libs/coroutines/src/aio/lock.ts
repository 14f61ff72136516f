import { checkTimeout, Hold, InvalidStateError, TimeoutError, type WaitOptions } from '@interleave/core';
import { Waiters } from '../waiters.js';

/** Options of the locks of `aio`. */
export interface LockOptions {
  /** For messages. */
  readonly name?: string | undefined;
}

/**
 * One task at a time, in the order they came.
 *
 * For tasks of one event loop; between threads or processes, take the Lock of `locks`. Any task may release it.
 *
 * **Fairness** first come, first served: `release` hands it to the first in line, and nobody barges in.
 * **Cancellation** a cancelled wait takes nothing; a turn that it had got already goes to the next.
 *
 * @example
 * ```ts
 * const lock = new aio.Lock();
 * await lock.withLock(async () => {
 *   balance = (await load()) + 1;
 * });
 * ```
 */
export class Lock {
  /** For messages. */
  readonly name: string | undefined;
  #locked = false;
  readonly #line = new Waiters<boolean>();

  constructor(options: LockOptions = {}) {
    this.name = options.name;
  }

  /** Whether somebody holds it. */
  locked(): boolean {
    return this.#locked;
  }

  /**
   * Waits for its turn.
   *
   * @returns true, or false if the time is over
   * @throws {CancelledError} when the task is cancelled, or the signal aborts
   * @throws {TypeError | RangeError} for a bad timeout, a negative one included
   */
  async acquire(options: WaitOptions = {}): Promise<boolean> {
    checkTimeout(options.timeout, 'refuse');
    if (this.tryAcquire()) return true;
    return this.#line.wait(this.#what(), { ...options, late: { value: false } }, (mine) => {
      if (mine) this.release();
    });
  }

  /** Takes it if it is free. */
  tryAcquire(): boolean {
    if (this.#locked) return false;
    this.#locked = true;
    return true;
  }

  /**
   * Gives it to the first in line, or frees it.
   *
   * @throws {InvalidStateError} if nobody holds it
   */
  release(): void {
    if (!this.#locked) throw new InvalidStateError(`Cannot release ${this.#called()}: nobody holds it`);
    if (!this.#line.wakeFirst(true)) this.#locked = false;
  }

  /**
   * Runs `body` with the lock held, and releases it however `body` ends.
   *
   * @returns what `body` returned
   * @throws {TimeoutError} if the lock was not free in time; `body` is not called then
   */
  async withLock<T>(body: () => T | PromiseLike<T>, options?: WaitOptions): Promise<Awaited<T>> {
    const held = await this.hold(options);
    try {
      return await body();
    } finally {
      held.release();
    }
  }

  /**
   * Acquires, for the rest of a block: `await using held = await lock.hold();`
   *
   * @throws {TimeoutError} if the lock was not free in time
   */
  async hold(options?: WaitOptions): Promise<Hold> {
    if (await this.acquire(options)) return new Hold(() => this.release());
    throw new TimeoutError(`Cannot ${this.#what()}: not free within ${options?.timeout} ms`);
  }

  toString(): string {
    return `<${this.#called()} ${this.#locked ? 'locked' : 'unlocked'}, ${this.#line.length} waiting>`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  #called(): string {
    return this.name === undefined ? 'Lock' : `Lock ${JSON.stringify(this.name)}`;
  }

  #what(): string {
    return `acquire ${this.#called()}`;
  }
}
