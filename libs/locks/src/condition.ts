/**
 * Wait, with a lock let go meanwhile, until somebody who holds it says that something has changed.
 *
 *     [ waiting | the words of a semaphore without permits ]
 *
 * `notify` gives a permit for each waiter that it wakes. Who waits comes and goes with the lock held, so the count and
 * the line change for one at a time; a waiter whose time is over stays in line until it has the lock back, and counts as
 * notified if it was by then. After a death the count is too high, until the line is empty the next time.
 */
import {
  abortError,
  checkTimeout,
  Deadline,
  InvalidStateError,
  onAbort,
  systemClock,
  throwIfAborted,
  type Hold,
  type WaitOptions,
} from '@interleave/core';
import {
  Arrivals,
  checkMayBlock,
  findHome,
  openHome,
  sendHome,
  type Home,
  type HomeHandle,
  type SharedOptions,
} from '@interleave/memory';
import { fromTransfer, toTransfer, type TransferContext } from '@interleave/transfer';
import { BaseLock } from './base-lock.js';
import { afterwards, giveUp, isHeld, takeBack, takeBackSync } from './lendable.js';
import { LocalLine } from './local-line.js';
import type { Lock } from './lock.js';
import { RLock } from './rlock.js';
import { MOST_PERMITS, SEMAPHORE_LENGTH, SemaphoreGate } from './semaphore-gate.js';

interface ConditionHandle {
  readonly id: string;
  readonly home: HomeHandle;
  readonly name: string | undefined;
  readonly lock: Lock | RLock;
}

/**
 * A lock with a waiting room: who holds the lock can wait there until another who holds it notifies.
 *
 * Use it when what you wait for is a state that the lock guards; `waitFor` is the way that cannot go wrong. To say one
 * thing once, an Event is simpler.
 *
 * **Fairness** `notify` wakes those who wait longest: the coroutines of a thread in order, threads in turn.
 * **Cancellation** a wait that is called off holds the lock again when its promise rejects, as one that ends in any other way;
 * a notification that it had got goes to the next.
 * **Visibility** that of the lock.
 * **Death** a thread that dies while it waits is passed over; the next `wait` but one may then end once without a reason,
 * which `waitFor` does not notice.
 * **Liveness** a pending `wait` keeps the process alive.
 *
 * @example
 * ```ts
 * const changed = new Condition();
 * await changed.withLock(() => changed.waitFor(() => items.length > 0)); // one side
 * await changed.withLock(() => { items.push(1); changed.notify(); }); // the other
 * ```
 */
export class Condition {
  /** The number of shared words, for who passes `words`; its lock has its own. */
  static readonly wordCount: number = 1 + SEMAPHORE_LENGTH;
  static readonly #arrivals = new Arrivals<Condition>();

  /** The name for messages and pictures. */
  readonly name: string | undefined;
  /** The lock that the condition is about. */
  readonly lock: Lock | RLock;
  readonly #home: Home;
  readonly #gate: SemaphoreGate;
  readonly #local: LocalLine;
  readonly #what = (): string => `wait for ${this.#called()}`;

  /**
   * @param lock - a Lock or an RLock; a new RLock if left out
   * @throws {TypeError} if it is something else, or an option makes no sense
   */
  constructor(lock?: Lock | RLock, options: SharedOptions = {}) {
    if (lock !== undefined && !(lock instanceof BaseLock)) {
      throw new TypeError('Cannot make a Condition: its lock is neither a Lock nor an RLock');
    }
    this.name = options.name;
    this.lock = lock ?? new RLock({ scope: options.scope, name: options.name });
    this.#home = findHome(options, Condition.wordCount);
    this.#gate = new SemaphoreGate(this.#home.words, this.#home.at + 1, this.#home.spin);
    this.#local = new LocalLine(this.#gate, () => {});
  }

  /** Acquires the lock. */
  acquire(options?: WaitOptions): Promise<boolean> {
    return this.lock.acquire(options);
  }

  /** Acquires the lock and blocks the thread meanwhile. */
  acquireSync(options?: WaitOptions): boolean {
    return this.lock.acquireSync(options);
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
   * @throws {InvalidStateError} if the caller does not hold the lock
   * @throws {CancelledError} when the signal aborts
   * @throws {OwnerDiedError} if the lock's owner has died meanwhile; the lock is not held then
   * @throws {TypeError | RangeError} for a bad timeout
   */
  async wait(options: WaitOptions = {}): Promise<boolean> {
    const timeout = checkTimeout(options.timeout);
    const { signal } = options;
    throwIfAborted(signal, this.#what());
    this.#begin();
    let leave = (): boolean => false;
    const notified = this.#local.wait({ what: this.#what, callOff: (way) => (leave = way) });
    const lent = this.lock[giveUp]();
    await before(notified, timeout, signal);
    try {
      await this.lock[takeBack](lent);
    } catch (error) {
      if (leave()) this.#count(-1);
      throw error;
    }
    const inVain = leave();
    if (inVain) this.#count(-1);
    if (signal?.aborted) {
      if (!inVain) this.#wake(1);
      throw abortError(signal, this.#what());
    }
    return !inVain;
  }

  /**
   * As {@link wait}, and blocks the thread meanwhile. A signal is looked at before, and not while it waits.
   *
   * @throws {BlockingNotAllowedError} on the main thread, unless that was allowed
   */
  waitSync(options: WaitOptions = {}): boolean {
    checkMayBlock('waitSync()', 'await wait()');
    const timeout = checkTimeout(options.timeout);
    throwIfAborted(options.signal, this.#what());
    this.#begin();
    const standing = this.#local.place;
    const place = standing < 0 ? this.#gate.line.join() : standing;
    const lent = this.lock[giveUp]();
    let back = false;
    const comeBack = (): void => {
      this.lock[takeBackSync](lent);
      back = true;
    };
    let notified = false;
    try {
      notified = this.#gate.enterSyncFrom(place, standing, timeout, comeBack);
    } finally {
      if (!notified) this.#count(-1);
    }
    if (!back) comeBack();
    return notified;
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
    const deadline = Deadline.after(options.timeout);
    this.#checkHeld('wait for');
    for (;;) {
      const result = await predicate();
      if (result || deadline.expired) return result;
      await this.wait({ timeout: deadline.remaining(), signal: options.signal });
    }
  }

  /** As {@link waitFor}, and blocks the thread meanwhile. */
  waitForSync<T>(predicate: () => T, options: WaitOptions = {}): T {
    const timeout = checkTimeout(options.timeout);
    const { words } = this.#home;
    const due = timeout === Infinity ? Infinity : words.now() + timeout;
    this.#checkHeld('wait for');
    for (;;) {
      const result = predicate();
      const left = due === Infinity ? Infinity : due - words.now();
      if (result || left <= 0) return result;
      this.waitSync({ timeout: left, signal: options.signal });
    }
  }

  /**
   * Wakes those who wait longest. They go on when the caller has released the lock. Nothing is kept for later waiters.
   *
   * @param count - how many at most, a whole number; 1 if left out, none if it is not above 0
   * @throws {InvalidStateError} if the caller does not hold the lock
   * @throws {RangeError} if `count` is not a whole number
   */
  notify(count = 1): void {
    if (!Number.isInteger(count)) {
      throw new RangeError(`Cannot notify ${String(count)} waiters of ${this.#called()}: pass a whole number`);
    }
    this.#checkHeld('notify');
    this.#wake(count);
  }

  /**
   * Wakes all who wait, as {@link notify} does.
   *
   * @throws {InvalidStateError} if the caller does not hold the lock
   */
  notifyAll(): void {
    this.#checkHeld('notify');
    this.#wake(Infinity);
  }

  toString(): string {
    return `<${this.#called()} ${this.locked() ? 'locked' : 'unlocked'}>`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  /** Counts the caller among those who wait; they hold the lock at this moment, and so does who changes the count. */
  #begin(): void {
    this.#checkHeld('wait for');
    const { line } = this.#gate;
    line.dropDead();
    if (line.isEmpty()) {
      this.#home.words.store(this.#home.at, 0);
      this.#gate.drain();
    }
    this.#count(1);
  }

  #count(change: number): void {
    this.#home.words.add(this.#home.at, change);
  }

  #wake(most: number): void {
    const count = Math.min(most, this.#home.words.load(this.#home.at));
    if (count <= 0) return;
    this.#count(-count);
    this.#gate.line.dropDead();
    // Who woke up now would find the lock held, and sleep again.
    this.lock[afterwards](this.#gate.line.holdBack(() => this.#gate.give(count, MOST_PERMITS)));
    this.#local.hear();
  }

  #checkHeld(what: string): void {
    if (this.lock[isHeld]()) return;
    throw new InvalidStateError(
      `Cannot ${what} ${this.#called()}: its lock is not held by the caller; acquire it first`,
    );
  }

  #called(): string {
    return this.name === undefined ? 'Condition' : `Condition ${JSON.stringify(this.name)}`;
  }

  /** @internal */
  [toTransfer](context: TransferContext): ConditionHandle {
    const home = sendHome(this.#home, context.ground, this.#called());
    return { id: Condition.#arrivals.idOf(this), home, name: this.name, lock: this.lock };
  }

  /** @internal */
  static [fromTransfer]({ id, home, name, lock }: ConditionHandle): Condition {
    return Condition.#arrivals.arrive(id, () => new Condition(lock, { ...openHome(home), name }));
  }
}

/** Resolves when the promise does, when the time is over, or when the signal aborts. */
function before(promise: Promise<unknown>, timeout: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      stopTimer();
      stopListening?.();
      resolve();
    };
    const stopTimer = systemClock.setTimer(timeout, end);
    const stopListening = signal && onAbort(signal, end);
    void promise.then(end);
  });
}
