import { Deadline, InvalidStateError, throwIfAborted, type Hold, type WaitOptions } from '@interleave/core';
import { currentClock } from '../fiber.js';
import { Waiters } from '../waiters.js';
import { Lock, type LockOptions } from './lock.js';

/**
 * A lock with a waiting room: who holds the lock can wait there until another who holds it notifies.
 *
 * Use it when what you wait for is a state that the lock guards; `waitFor` is the way that cannot go wrong. To say one
 * thing once, an Event is simpler. For tasks of one event loop.
 *
 * **Fairness** `notify` wakes those who wait longest.
 * **Cancellation** a wait that is cancelled holds the lock again when its error comes, as one that ends in any other way; a
 * notification that it had got goes to the next.
 *
 * @example
 * ```ts
 * const changed = new aio.Condition();
 * await changed.withLock(() => changed.waitFor(() => items.length > 0)); // one side
 * await changed.withLock(() => { items.push(1); changed.notify(); }); // the other
 * ```
 */
export class Condition {
  /** The lock that the condition is about. */
  readonly lock: Lock;
  /** For messages. */
  readonly name: string | undefined;
  readonly #line = new Waiters<boolean>();

  /**
   * @param lock - a new one if left out
   * @throws {TypeError} if it is no `Lock` of `aio`
   */
  constructor(lock: Lock = new Lock(), options: LockOptions = {}) {
    if (!(lock instanceof Lock)) throw new TypeError('Cannot make a Condition: its lock is no Lock of aio');
    this.lock = lock;
    this.name = options.name;
  }

  /** Acquires the lock. */
  acquire(options?: WaitOptions): Promise<boolean> {
    return this.lock.acquire(options);
  }

  /** Takes the lock if it is free. */
  tryAcquire(): boolean {
    return this.lock.tryAcquire();
  }

  /** Releases the lock. */
  release(): void {
    this.lock.release();
  }

  /** Whether somebody holds the lock. */
  locked(): boolean {
    return this.lock.locked();
  }

  /** Runs `body` with the lock held. */
  withLock<T>(body: () => T | PromiseLike<T>, options?: WaitOptions): Promise<Awaited<T>> {
    return this.lock.withLock(body, options);
  }

  /** Acquires the lock for the rest of a block. */
  hold(options?: WaitOptions): Promise<Hold> {
    return this.lock.hold(options);
  }

  /**
   * Lets the lock go, waits for a notification, and has the lock again in the end.
   *
   * @returns true, or false if the time is over; a timeout below 0 counts as 0
   * @throws {InvalidStateError} if nobody holds the lock
   * @throws {CancelledError} when the task is cancelled, or the signal aborts; also while it takes the lock back
   * @throws {TypeError | RangeError} for a bad timeout
   */
  async wait(options: WaitOptions = {}): Promise<boolean> {
    this.#checkHeld('wait for');
    throwIfAborted(options.signal, this.#what());
    // In line before the lock is free: a notification of whoever takes it next is for this one, too.
    const waiting = this.#line.wait(this.#what(), { ...options, late: { value: false } }, (mine) => {
      if (mine) this.#line.wakeFirst(true);
    });
    this.lock.release();
    let notified = false;
    let failed: { readonly with: unknown } | undefined;
    try {
      notified = await waiting;
    } catch (error) {
      failed = { with: error };
    }
    for (;;) {
      try {
        await this.lock.acquire();
        break;
      } catch (error) {
        // Cancelled while it takes the lock back: that has to wait until it has it.
        failed = { with: error };
      }
    }
    if (failed === undefined) return notified;
    if (notified) this.#line.wakeFirst(true);
    throw failed.with;
  }

  /**
   * Waits until `predicate` holds; it is asked with the lock held, at first and after each notification.
   *
   * @param predicate - may be async
   * @param options - `timeout`, for all of it, and `signal`
   * @returns what it returned last: a truthy value, or another one if the time is over
   * @throws as {@link wait} does
   */
  async waitFor<T>(predicate: () => T | PromiseLike<T>, options: WaitOptions = {}): Promise<Awaited<T>> {
    const deadline = Deadline.after(options.timeout, { clock: currentClock() });
    this.#checkHeld('wait for');
    for (;;) {
      const result = await predicate();
      if (result || deadline.expired) return result;
      await this.wait({ timeout: deadline.remaining(), signal: options.signal });
    }
  }

  /**
   * Wakes those who wait longest. They go on when the caller has released the lock. Nothing is kept for later waiters.
   *
   * @param count - how many at most, a whole number; 1 if left out, none if it is not above 0
   * @throws {InvalidStateError} if nobody holds the lock
   * @throws {RangeError} if `count` is not a whole number
   */
  notify(count = 1): void {
    if (!Number.isInteger(count)) {
      throw new RangeError(`Cannot notify ${String(count)} waiters of ${this.#called()}: pass a whole number`);
    }
    this.#checkHeld('notify');
    for (let left = count; left > 0 && this.#line.wakeFirst(true); left--);
  }

  /**
   * Wakes all who wait, as {@link notify} does.
   *
   * @throws {InvalidStateError} if nobody holds the lock
   */
  notifyAll(): void {
    this.#checkHeld('notify');
    this.#line.wakeAll(true);
  }

  toString(): string {
    return `<${this.#called()} ${this.locked() ? 'locked' : 'unlocked'}, ${this.#line.length} waiting>`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  #checkHeld(what: string): void {
    if (this.lock.locked()) return;
    throw new InvalidStateError(`Cannot ${what} ${this.#called()}: its lock is not held; acquire it first`);
  }

  #called(): string {
    return this.name === undefined ? 'Condition' : `Condition ${JSON.stringify(this.name)}`;
  }

  #what(): string {
    return `wait for ${this.#called()}`;
  }
}
