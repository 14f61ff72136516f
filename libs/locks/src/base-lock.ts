import { checkTimeout, Hold, scoped, throwIfAborted, type WaitOptions } from '@interleave/core';
import { checkMayBlock, findHome, type Home, type SharedOptions } from '@interleave/memory';
import { deadlockError, debugNotes } from './debug-locks.js';
import { afterwards } from './lendable.js';
import { LocalLine, type LocalWaitOptions } from './local-line.js';
import { asLockCoroutine, lockCoroutine, setAsking, type LockCoroutine } from './lock-coroutines.js';
import { LOCK_LENGTH, LockGate } from './lock-gate.js';
import type { LockNotes } from './lock-notes.js';
import { forgetHolder, LockWatch, placeOf, type WatchedLock } from './lock-watch.js';
import { notInTime } from './not-in-time.js';
import { whenIn } from './when-in.js';

const inside = Promise.resolve(true);

/** Options of a Lock and an RLock. */
export interface LockOptions extends SharedOptions {
  /**
   * Whether nobody passes those who wait. Default: true.
   *
   * With false, a thread that runs may take the lock again and again while the one whose turn it is wakes up: many more turns
   * a second when threads contend, in no order between threads. Nobody waits for ever: of the turns that end while somebody
   * has come in vain, each sixteenth of a thread is kept for who waits. Coroutines of one thread keep their order. Over given
   * `words`, all have to say the same. A thread that waits sleeps at once unless `spin` says otherwise, since those that
   * pass it are slower while it looks.
   */
  readonly fair?: boolean | undefined;
}

/** What a Lock and an RLock have in common: the door, the line of this thread's coroutines, and the scopes. */
export abstract class BaseLock {
  /** The number of shared words, for who passes `words`. */
  static readonly wordCount: number = LOCK_LENGTH;

  /** The name for messages and pictures. */
  readonly name: string | undefined;
  /** Whether nobody passes those who wait. */
  readonly fair: boolean;
  /** @internal */
  protected readonly home: Home;
  /** @internal */
  protected readonly gate: LockGate;
  /** @internal */
  protected readonly local: LocalLine;
  readonly #kind: string;
  /** Where the holder of this thread asked for it, when debugging. */
  #acquired: Error | undefined;
  /** What to do when it has been let go. */
  #then: (() => void)[] | undefined;
  readonly #what = (): string => `acquire ${this.called()}`;
  readonly #giveBack = (): void => this.release();
  readonly #wait: LocalWaitOptions = { what: this.#what };

  /** @throws {TypeError | RangeError} for options that make no sense */
  protected constructor(kind: string, options: LockOptions) {
    this.#kind = kind;
    this.name = options.name;
    this.fair = checkFair(options.fair);
    this.home = findHome(this.fair ? options : { ...options, spin: options.spin ?? 0 }, LOCK_LENGTH);
    this.gate = new LockGate(this.home.words, this.home.at, this.home.spin, () => this.called(), this.fair);
    this.local = new LocalLine(this.gate, () => this.letOut());
  }

  /**
   * Waits for its turn.
   *
   * @returns true, or false if the time is over
   * @throws {CancelledError} when the signal aborts
   * @throws {OwnerDiedError} if the owner has ended without releasing it
   * @throws {TypeError | RangeError} for a bad timeout, a negative one included
   */
  abstract acquire(options?: WaitOptions): Promise<boolean>;

  /** Gives it to the first in line, or frees it. */
  abstract release(): void;

  /** Whether somebody holds it, or is about to. */
  locked(): boolean {
    return this.gate.isShut();
  }

  /**
   * Runs `body` with the lock held, and releases it however `body` ends.
   *
   * @param options - of {@link acquire}
   * @returns what `body` returned
   * @throws {TimeoutError} if the lock was not free in time; `body` is not called then
   */
  withLock<T>(body: () => T | PromiseLike<T>, options?: WaitOptions): Promise<Awaited<T>> {
    if (options === undefined && debugNotes() === undefined) return whenIn(this.acquire(), this.#giveBack, body);
    return this.#withHold(body, options);
  }

  // A function of its own, so that its closures are not made for those who need none.
  #withHold<T>(body: () => T | PromiseLike<T>, options: WaitOptions | undefined): Promise<Awaited<T>> {
    const run = (): Promise<Awaited<T>> => scoped(this.hold(options), () => body());
    return debugNotes() === undefined ? run() : asLockCoroutine(run);
  }

  /**
   * Acquires, for the rest of a block: `await using held = await lock.hold();`
   *
   * @throws {TimeoutError} if the lock was not free in time
   */
  async hold(options?: WaitOptions): Promise<Hold> {
    if (!(await this.acquire(options))) throw notInTime(this.#what(), options?.timeout);
    return new Hold(() => this.release());
  }

  /**
   * Makes a lock usable whose owner has died: the first in line gets it. Call it when you know that what the lock guards
   * is as it should be.
   *
   * @returns whether there was a dead owner; false changes nothing
   */
  recover(): boolean {
    const recovered = this.gate.recover();
    if (!recovered) return false;
    this.#forget();
    this.local.hear();
    return true;
  }

  toString(): string {
    return `<${this.called()} ${this.locked() ? 'locked' : 'unlocked'}>`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  /** @internal */
  protected called(): string {
    return this.name === undefined ? this.#kind : `${this.#kind} ${JSON.stringify(this.name)}`;
  }

  /** @internal What it is called wherever it arrives. */
  protected abstract id(): string;

  /** @internal The fast way of a Lock: no options, and nobody who wants to know. */
  protected enterPlain(): Promise<boolean> {
    if (debugNotes() !== undefined) return this.enter({});
    try {
      return this.gate.tryEnter() ? inside : this.local.wait(this.#wait);
    } catch (error) {
      // Words that are gone.
      return Promise.reject(error);
    }
  }

  /** @internal Waits behind the coroutines of this thread. */
  protected async enter(options: WaitOptions, entered?: () => void): Promise<boolean> {
    const timeout = checkTimeout(options.timeout, 'refuse');
    throwIfAborted(options.signal, this.#what());
    const notes = debugNotes();
    if (notes !== undefined) return this.#enterWatched(notes, timeout, options.signal, entered);
    if (this.gate.tryEnterAfterDead()) {
      entered?.();
      return true;
    }
    if (timeout > 0) return this.local.wait({ timeout, signal: options.signal, what: this.#what, entered });
    this.gate.watch();
    return false;
  }

  /** As {@link enter}, with a look for who waits in a circle; see `debugLocks`. */
  async #enterWatched(
    notes: LockNotes,
    timeout: number,
    signal: AbortSignal | undefined,
    entered: (() => void) | undefined,
  ): Promise<boolean> {
    const coroutine = lockCoroutine();
    const watch = this.#watch(notes, coroutine);
    const begin = (): void => {
      this.#hold(watch);
      entered?.();
    };
    setAsking(coroutine, true);
    if (this.gate.tryEnterAfterDead()) {
      begin();
      // What the caller's caller starts next is another coroutine.
      await Promise.resolve();
      setAsking(coroutine, false);
      return true;
    }
    if (timeout <= 0) {
      setAsking(coroutine, false);
      this.gate.watch();
      return false;
    }
    let leave = (): boolean => false;
    let deadlock: Error | undefined;
    // Before it stands in line: it may enter at once.
    if (timeout === Infinity && signal === undefined) {
      watch.begin('waits');
      watch.listen((error) => {
        if (leave()) deadlock = error;
      });
    }
    const callOff = (way: () => boolean): void => void (leave = way);
    try {
      const result = await this.local.wait({ timeout, signal, what: this.#what, entered: begin, callOff });
      if (deadlock !== undefined) throw deadlock;
      return result;
    } finally {
      setAsking(coroutine, false);
      watch.end();
    }
  }

  /** @internal Blocks the thread. */
  protected enterSync(options: WaitOptions | undefined): boolean {
    checkMayBlock('acquireSync()', 'await acquire()');
    const notes = debugNotes();
    if (notes !== undefined) return this.#enterDebugged(notes, options ?? {});
    return this.#enterBlocking(options);
  }

  #enterBlocking(options: WaitOptions | undefined): boolean {
    if (options === undefined) return this.gate.tryEnter() || this.gate.enterSync(Infinity, this.local.place);
    const timeout = checkTimeout(options.timeout, 'refuse');
    throwIfAborted(options.signal, this.#what());
    if (this.gate.tryEnterAfterDead()) return true;
    if (timeout > 0) return this.gate.enterSync(timeout, this.local.place);
    this.gate.watch();
    return false;
  }

  /** As the others, with a look for who would wait for itself or in a circle; see `debugLocks`. */
  #enterDebugged(notes: LockNotes, options: WaitOptions): boolean {
    const watch = this.#watch(notes, lockCoroutine());
    const forEver = checkTimeout(options.timeout, 'refuse') === Infinity;
    if (this.gate.isMine() && forEver) {
      throw deadlockError(`Cannot block for ${this.called()}: this thread holds it already`, this.#acquired);
    }
    if (forEver) watch.begin('blocked');
    this.gate.onSlice = (owner) => {
      const error = watch.look(owner);
      if (error !== undefined) throw error;
    };
    try {
      const entered = this.#enterBlocking(options);
      if (entered) this.#hold(watch);
      return entered;
    } finally {
      this.gate.onSlice = undefined;
      watch.end();
    }
  }

  /** What watches an acquire that begins here. */
  #watch(notes: LockNotes, coroutine: LockCoroutine): LockWatch {
    const acquired = placeOf(`${this.called()} was acquired here`);
    const lock: WatchedLock = {
      id: this.id(),
      called: this.called(),
      owner: () => this.gate.owner(),
      sharesNumbers: this.home.words.self() === notes.self(),
    };
    return new LockWatch(notes, lock, coroutine, acquired);
  }

  #hold(watch: LockWatch): void {
    watch.hold();
    this.#acquired = watch.place;
  }

  /** Nobody holds it any more. */
  #forget(): void {
    const notes = debugNotes();
    if (notes !== undefined) forgetHolder(notes, this.id());
  }

  /** @internal */
  protected tryEnter(): boolean {
    if (this.gate.tryEnterAfterDead()) {
      const notes = debugNotes();
      if (notes !== undefined) this.#hold(this.#watch(notes, lockCoroutine()));
      return true;
    }
    this.gate.watch();
    return false;
  }

  /** @internal Lets out whoever is inside. */
  protected letOut(): void {
    this.#forget();
    if (this.local.waits || !this.gate.tryLeave()) this.#openMarked();
    if (this.#then !== undefined) this.#tell(this.#then);
  }

  #openMarked(): void {
    if (this.gate.isMineAndMarked() && this.local.passOn()) return;
    this.gate.open();
    this.local.hear();
  }

  #tell(all: readonly (() => void)[]): void {
    this.#then = undefined;
    for (const then of all) then();
  }

  /** @internal */
  [afterwards](then: () => void): void {
    (this.#then ??= []).push(then);
  }
}

function checkFair(fair: unknown = true): boolean {
  if (typeof fair === 'boolean') return fair;
  throw new TypeError(`Cannot make a lock with ${typeof fair} as fair: pass true or false`);
}
