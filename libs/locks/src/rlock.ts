/**
 * A lock that its owner may enter again: a Lock, plus who of this thread is inside and how deep. The latter is nobody
 * else's business and stays in local memory.
 */
import {
  asInnerOwner,
  currentOwner,
  InvalidStateError,
  isCurrentOwner,
  NotOwnerError,
  type Owner,
  type WaitOptions,
} from '@interleave/core';
import { Arrivals, openHome, sendHome, type HomeHandle } from '@interleave/memory';
import { fromTransfer, toTransfer, type TransferContext } from '@interleave/transfer';
import { BaseLock, type LockOptions } from './base-lock.js';
import { giveUp, isHeld, takeBack, takeBackSync, type Lendable, type Lent } from './lendable.js';

interface RLockHandle {
  readonly id: string;
  readonly home: HomeHandle;
  readonly name: string | undefined;
  readonly fair: boolean;
}

/**
 * A lock that its owner may acquire again, and that its owner alone may release, as often as it was acquired.
 *
 * The owner is a thread, and in it the task: `withLock` bodies and tasks of Interleave's task groups are owners of their
 * own, together with all that they await, so two of them in one thread exclude each other. Bare promises are not: two
 * calls of `acquire` in the branches of a `Promise.all` have the owner of their surroundings, and both get in. Use
 * `withLock`, or start the branches with `asNewOwner`.
 *
 * Fairness, cancellation, visibility, death and liveness are those of Lock. It is dearer than a Lock: once the first body
 * of a `withLock` has run, Node follows every promise to know whose it is.
 *
 * @example
 * ```ts
 * const lock = new RLock();
 * const deposit = (n: number) => lock.withLock(() => (balance += n));
 * await lock.withLock(async () => {
 *   await deposit(5); // the owner enters again
 * });
 * ```
 */
export class RLock extends BaseLock implements Lendable {
  static readonly #arrivals = new Arrivals<RLock>();

  #owner: Owner | undefined;
  #depth = 0;

  /** @throws {TypeError | RangeError} for options that make no sense */
  constructor(options: LockOptions = {}) {
    super('RLock', options);
  }

  override async acquire(options: WaitOptions = {}): Promise<boolean> {
    if (this.#enterAgain()) return true;
    const owner = currentOwner();
    return this.enter(options, () => this.#begin(owner));
  }

  /**
   * As {@link acquire}, and blocks the thread meanwhile. A signal is looked at before, and not while it waits.
   *
   * @throws {BlockingNotAllowedError} on the main thread, unless that was allowed
   * @throws {InvalidStateError} if another task of this thread holds it, which could never release it then
   */
  acquireSync(options?: WaitOptions): boolean {
    if (this.#enterAgain()) return true;
    if (this.#owner !== undefined && this.gate.isMine() && options?.timeout !== 0) {
      throw new InvalidStateError(
        `Cannot block for ${this.called()}: another task of this thread holds it; use await acquire()`,
      );
    }
    return this.enterSync(options) && this.#begin(currentOwner());
  }

  /**
   * Takes the lock if it is the caller's, or free with nobody waiting.
   *
   * @throws {OwnerDiedError} if the owner has ended without releasing it
   */
  tryAcquire(): boolean {
    return this.#enterAgain() || (this.tryEnter() && this.#begin(currentOwner()));
  }

  /**
   * Takes back one `acquire` of the owner; after the last one the lock goes to the first in line.
   *
   * @throws {NotOwnerError} if the caller does not hold it
   */
  override release(): void {
    this.#checkOwned('release');
    this.#depth -= 1;
    if (this.#depth === 0) this.letOut();
  }

  /** As {@link BaseLock.withLock}; the body, and what it awaits, is one owner. */
  override async withLock<T>(body: () => T | PromiseLike<T>, options?: WaitOptions): Promise<Awaited<T>> {
    return this.isOwned() ? super.withLock(body, options) : asInnerOwner(() => super.withLock(body, options));
  }

  /** Whether the caller holds it. */
  isOwned(): boolean {
    return this.#owner !== undefined && this.gate.isMine() && isCurrentOwner(this.#owner);
  }

  /** How often the caller holds it: 0 for everybody but the owner. */
  recursionCount(): number {
    return this.isOwned() ? this.#depth : 0;
  }

  #enterAgain(): boolean {
    if (!this.isOwned()) return false;
    this.#depth += 1;
    return true;
  }

  #begin(owner: Owner): true {
    this.#owner = owner;
    this.#depth = 1;
    return true;
  }

  #checkOwned(what: string): void {
    if (this.isOwned()) return;
    const seen = this.locked() ? 'somebody else holds it' : 'it is not held';
    throw new NotOwnerError(`Cannot ${what} ${this.called()}: ${seen}`);
  }

  /** @internal */
  protected override letOut(): void {
    this.#owner = undefined;
    this.#depth = 0;
    super.letOut();
  }

  /** @internal */
  [isHeld](): boolean {
    return this.isOwned();
  }

  /** @internal */
  [giveUp](): Lent {
    this.#checkOwned('release');
    const lent = { owner: this.#owner, depth: this.#depth };
    this.letOut();
    return lent;
  }

  /** @internal Waits even for a task of the same owner, which holds it now. */
  async [takeBack](lent: Lent): Promise<void> {
    await this.enter({}, () => this.#takeBack(lent));
  }

  /** @internal */
  [takeBackSync](lent: Lent): void {
    this.enterSync(undefined);
    this.#takeBack(lent);
  }

  #takeBack({ owner, depth }: Lent): void {
    this.#owner = owner;
    this.#depth = depth;
  }

  /** @internal */
  protected override id(): string {
    return RLock.#arrivals.idOf(this);
  }

  /** @internal */
  [toTransfer](context: TransferContext): RLockHandle {
    const home = sendHome(this.home, context.ground, this.called());
    return { id: RLock.#arrivals.idOf(this), home, name: this.name, fair: this.fair };
  }

  /** @internal */
  static [fromTransfer]({ id, home, name, fair }: RLockHandle): RLock {
    return RLock.#arrivals.arrive(id, () => new RLock({ ...openHome(home), name, fair }));
  }
}
