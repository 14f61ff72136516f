/**
 * One at a time, in the order they came.
 *
 * A lock is 16 shared words: the door and the line before it (`lock-gate.ts`, `line.ts`). Coroutines of a thread wait in
 * local memory behind one place in that line (`local-line.ts`).
 */
import { checkTimeout, throwIfAborted, type WaitOptions } from '@interleave/core';
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
import { Hold, notInTime } from './hold.js';
import { LocalLine } from './local-line.js';
import { LOCK_LENGTH, LockGate } from './lock-gate.js';

interface LockHandle {
  readonly id: string;
  readonly home: HomeHandle;
  readonly name: string | undefined;
}

const entered = Promise.resolve(true);

/**
 * Lets one worker at a time into a section: coroutines, threads, and processes if its scope says so.
 *
 * Anyone may release it, as in Python; for an owner that may enter again, and alone may release, take an RLock. It travels
 * as an argument or a captured variable, and is the same lock there.
 *
 * **Fairness** first come, first served among threads, and among the coroutines of each thread; nobody barges in. The
 * thread itself counts as one: after a turn of one of its coroutines it stands behind those that wait. With more than 13
 * threads in line the rest wait without order. The cost is a change of threads for each turn when threads contend.
 * **Cancellation** an aborted wait takes nothing; a turn that it had got already goes to the next.
 * **Visibility** what was written before `release` is seen after `acquire`.
 * **Death** when the thread that holds it ends, those who wait get an `OwnerDiedError` within 100 ms, until `recover()`.
 * A thread's end is noticed by the thread that started it, so that one must not be blocked.
 * **Liveness** a pending `acquire` keeps the process alive, an idle lock does not.
 *
 * @example
 * ```ts
 * const lock = new Lock();
 * await lock.withLock(async () => {
 *   balance = (await load()) + 1;
 * });
 * ```
 */
export class Lock {
  /** The number of shared words, for who passes `words`. */
  static readonly length: number = LOCK_LENGTH;
  static readonly #arrivals = new Arrivals<Lock>();

  readonly name: string | undefined;
  readonly #home: Home;
  readonly #gate: LockGate;
  readonly #local: LocalLine;

  /** @throws {TypeError | RangeError} for options that make no sense */
  constructor(options: SharedOptions = {}) {
    this.name = options.name;
    this.#home = findHome(options, LOCK_LENGTH);
    this.#gate = new LockGate(this.#home.words, this.#home.at, this.#home.spin, () => this.#called());
    this.#local = new LocalLine(this.#gate, () => this.release());
  }

  /**
   * Waits for its turn.
   *
   * @returns true, or false if the time is over
   * @throws {CancelledError} when the signal aborts
   * @throws {OwnerDiedError} if the owner has ended without releasing it
   * @throws {TypeError | RangeError} for a bad timeout, a negative one included
   */
  acquire(options?: WaitOptions): Promise<boolean> {
    if (options === undefined) return this.#gate.tryEnter() ? entered : this.#wait({});
    return this.#acquireWith(options);
  }

  async #acquireWith(options: WaitOptions): Promise<boolean> {
    const timeout = checkTimeout(options.timeout, 'refuse');
    const what = `acquire ${this.#called()}`;
    throwIfAborted(options.signal, what);
    return (
      this.#gate.tryEnterAfterDead() || (timeout > 0 && this.#local.wait({ timeout, signal: options.signal, what }))
    );
  }

  /**
   * As {@link acquire}, and blocks the thread meanwhile. A signal is looked at before, and not while it waits.
   *
   * @throws {BlockingNotAllowedError} on the main thread, unless that was allowed
   */
  acquireSync(options?: WaitOptions): boolean {
    checkMayBlock('acquireSync()', 'await acquire()');
    if (options === undefined) return this.#gate.tryEnter() || this.#gate.enterSync(Infinity, this.#local.place);
    const timeout = checkTimeout(options.timeout, 'refuse');
    throwIfAborted(options.signal, `acquire ${this.#called()}`);
    return this.#gate.tryEnterAfterDead() || (timeout > 0 && this.#gate.enterSync(timeout, this.#local.place));
  }

  /**
   * Takes the lock if it is free and nobody waits.
   *
   * @throws {OwnerDiedError} if the owner has ended without releasing it
   */
  tryAcquire(): boolean {
    if (this.#gate.tryEnterAfterDead()) return true;
    this.#gate.watch();
    return false;
  }

  /**
   * Gives it to the first in line, or frees it. Whoever holds it, any thread may call this.
   *
   * @throws {InvalidStateError} if nobody holds it
   * @throws {OwnerDiedError} if who holds it is dead
   */
  release(): void {
    if (this.#gate.tryLeave()) return;
    if (this.#gate.isMineAndMarked() && this.#local.passOn()) return;
    this.#gate.open();
    this.#local.hear();
  }

  /** Whether somebody holds it, or is about to. */
  locked(): boolean {
    return this.#gate.isShut();
  }

  /**
   * Runs `body` with the lock held, and releases it however `body` ends.
   *
   * @param options - of {@link acquire}
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
    if (!(await this.acquire(options))) throw notInTime(`acquire ${this.#called()}`, options?.timeout);
    return new Hold(() => this.release());
  }

  /**
   * Makes a lock usable whose owner has died: the first in line gets it. Call it when you know that what the lock guards
   * is as it should be.
   *
   * @returns whether there was a dead owner; false changes nothing
   */
  recover(): boolean {
    const recovered = this.#gate.recover();
    if (recovered) this.#local.hear();
    return recovered;
  }

  toString(): string {
    return `<${this.#called()} ${this.locked() ? 'locked' : 'unlocked'}>`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  #called(): string {
    return this.name === undefined ? 'Lock' : `Lock ${JSON.stringify(this.name)}`;
  }

  #wait(options: WaitOptions): Promise<boolean> {
    return this.#local.wait({ ...options, what: `acquire ${this.#called()}` });
  }

  /** @internal */
  [toTransfer](context: TransferContext): LockHandle {
    const home = sendHome(this.#home, context.ground, this.#called());
    return { id: Lock.#arrivals.idOf(this), home, name: this.name };
  }

  /** @internal */
  static [fromTransfer]({ id, home, name }: LockHandle): Lock {
    return Lock.#arrivals.arrive(id, () => new Lock({ ...openHome(home), name }));
  }
}
