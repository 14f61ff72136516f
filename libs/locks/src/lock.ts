/**
 * One at a time, in the order they came.
 *
 * A lock is 16 shared words: the door and the line before it (`lock-gate.ts`, `line.ts`). Coroutines of a thread wait in
 * local memory behind one place in that line (`local-line.ts`).
 */
import type { WaitOptions } from '@interleave/core';
import { Arrivals, openHome, sendHome, type HomeHandle } from '@interleave/memory';
import { fromTransfer, toTransfer, type TransferContext } from '@interleave/transfer';
import { BaseLock, type LockOptions } from './base-lock.js';
import { giveUp, isHeld, takeBack, takeBackSync, type Lendable, type Lent } from './lendable.js';

interface LockHandle {
  readonly id: string;
  readonly home: HomeHandle;
  readonly name: string | undefined;
  readonly fair: boolean;
}

/**
 * Lets one worker at a time into a section: coroutines, threads, and processes if its scope says so.
 *
 * Anyone may release it, as in Python; for an owner that may enter again, and alone may release, take an RLock. It travels
 * as an argument or a captured variable, and is the same lock there.
 *
 * **Fairness** first come, first served among threads, and among the coroutines of each thread; nobody barges in. The
 * thread itself counts as one: after a turn of one of its coroutines it stands behind those that wait. With more than 13
 * threads in line the rest wait without order. The cost is a change of threads for each turn when threads contend; who wants
 * turns rather than order takes `{ fair: false }`.
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
export class Lock extends BaseLock implements Lendable {
  static readonly #arrivals = new Arrivals<Lock>();

  /** @throws {TypeError | RangeError} for options that make no sense */
  constructor(options: LockOptions = {}) {
    super('Lock', options);
  }

  override acquire(options?: WaitOptions): Promise<boolean> {
    return options === undefined ? this.enterPlain() : this.enter(options);
  }

  /**
   * As {@link acquire}, and blocks the thread meanwhile. A signal is looked at before, and not while it waits.
   *
   * @throws {BlockingNotAllowedError} on the main thread, unless that was allowed
   */
  acquireSync(options?: WaitOptions): boolean {
    return this.enterSync(options);
  }

  /**
   * Takes the lock if it is free and nobody waits.
   *
   * @throws {OwnerDiedError} if the owner has ended without releasing it
   */
  tryAcquire(): boolean {
    return this.tryEnter();
  }

  /**
   * Gives it to the first in line, or frees it. Whoever holds it, any thread may call this.
   *
   * @throws {InvalidStateError} if nobody holds it
   * @throws {OwnerDiedError} if who holds it is dead
   */
  override release(): void {
    this.letOut();
  }

  /** @internal */
  [isHeld](): boolean {
    return this.gate.isMine();
  }

  /** @internal */
  [giveUp](): Lent {
    this.letOut();
    return { owner: undefined, depth: 1 };
  }

  /** @internal */
  async [takeBack](): Promise<void> {
    await this.enterPlain();
  }

  /** @internal */
  [takeBackSync](): void {
    this.enterSync(undefined);
  }

  /** @internal */
  protected override id(): string {
    return Lock.#arrivals.idOf(this);
  }

  /** @internal */
  [toTransfer](context: TransferContext): LockHandle {
    const home = sendHome(this.home, context.ground, this.called());
    return { id: Lock.#arrivals.idOf(this), home, name: this.name, fair: this.fair };
  }

  /** @internal */
  static [fromTransfer]({ id, home, name, fair }: LockHandle): Lock {
    return Lock.#arrivals.arrive(id, () => new Lock({ ...openHome(home), name, fair }));
  }
}
