/**
 * So many at a time, in the order they came.
 *
 * The door counts permits (`semaphore-gate.ts`); the lines before it are those of a Lock.
 */
import { checkTimeout, Hold, scoped, throwIfAborted, type WaitOptions } from '@interleave/core';
import {
  Arrivals,
  checkMayBlock,
  findHome,
  openHome,
  sendHome,
  type Home,
  type HomeHandle,
  type SharedOptions,
  type Words,
} from '@interleave/memory';
import { fromTransfer, toTransfer, type TransferContext } from '@interleave/transfer';
import { LocalLine } from './local-line.js';
import { notInTime } from './not-in-time.js';
import { whenIn } from './when-in.js';
import { MOST_PERMITS, SEMAPHORE_LENGTH, SemaphoreGate } from './semaphore-gate.js';

/** @internal A semaphore on its way. */
export interface SemaphoreHandle {
  readonly id: string;
  readonly home: HomeHandle;
  readonly name: string | undefined;
  readonly limit: number;
}

/** @internal What a semaphore that arrives is made of, in place of its permits. */
export class Arrived {
  readonly home: Home;
  readonly limit: number;

  constructor(home: Home, limit: number) {
    this.home = home;
    this.limit = limit;
  }
}

/**
 * Lets at most `permits` workers into a section at once: coroutines, threads, and processes if its scope says so.
 *
 * Use it to bound load. For one at a time with an owner, prefer a Lock. Anyone may release, and more than was taken; see
 * BoundedSemaphore.
 *
 * **Fairness** first come, first served among threads, and among the coroutines of each thread, as with a Lock.
 * **Cancellation** an aborted wait takes no permit; one that it had got already goes to the next.
 * **Visibility** what was written before `release` is seen after `acquire`.
 * **Death** permits have no owner. Those of a worker that died stay taken until somebody releases them in its place; a
 * worker that dies in line is passed over.
 * **Liveness** a pending `acquire` keeps the process alive, an idle semaphore does not.
 *
 * @example
 * ```ts
 * const atMostFive = new Semaphore(5);
 * await Promise.all(urls.map((url) => atMostFive.withPermit(() => download(url))));
 * ```
 */
export class Semaphore {
  /** The number of shared words, for who passes `words`. */
  static readonly wordCount: number = SEMAPHORE_LENGTH;
  static readonly #arrivals = new Arrivals<Semaphore>();

  /** The name for messages and pictures. */
  readonly name: string | undefined;
  /** @internal The most permits there can be. */
  protected readonly limit: number;
  readonly #home: Home;
  readonly #gate: SemaphoreGate;
  readonly #local: LocalLine;
  readonly #what = (): string => `acquire ${this.called()}`;
  readonly #giveBack = (): void => this.release();

  /**
   * @param permits - how many at once, a whole number from 0 to 2^30 - 1; 1 if left out. What others have put into given
   *   `words` is overwritten
   * @throws {TypeError} if `permits` is not a number, or an option makes no sense
   * @throws {RangeError} if `permits` is no such whole number
   */
  constructor(permits: number | Arrived = 1, options: SharedOptions = {}) {
    this.name = options.name;
    if (permits instanceof Arrived) {
      this.#home = permits.home;
      this.limit = permits.limit;
      this.#gate = new SemaphoreGate(this.#home.words, this.#home.at, this.#home.spin);
    } else {
      checkCount(permits, 0, `make a semaphore of ${String(permits)} permits`);
      this.#home = findHome(options, SEMAPHORE_LENGTH);
      this.limit = this.limitOf(permits);
      this.#gate = new SemaphoreGate(this.#home.words, this.#home.at, this.#home.spin, permits);
    }
    this.#local = new LocalLine(this.#gate, () => this.release());
  }

  /**
   * The semaphore that others have put into `words`, with the permits that it has now; in new words, one without permits.
   *
   * @param options - as for the constructor, with `words`
   */
  static over(options: SharedOptions & { readonly words: Words }): Semaphore {
    return new Semaphore(new Arrived(findHome(options, SEMAPHORE_LENGTH), MOST_PERMITS), options);
  }

  /** How many permits are free now; somebody may be about to take them. */
  get value(): number {
    return this.#gate.permits();
  }

  /** As {@link value}: Python's name for it. */
  getValue(): number {
    return this.value;
  }

  /** Whether no permit is free. */
  locked(): boolean {
    return this.value === 0;
  }

  /**
   * Takes a permit, or waits for one.
   *
   * @returns true, or false if the time is over; a timeout below 0 counts as 0
   * @throws {CancelledError} when the signal aborts
   * @throws {TypeError | RangeError} for a bad timeout
   */
  async acquire(options: WaitOptions = {}): Promise<boolean> {
    const timeout = checkTimeout(options.timeout);
    throwIfAborted(options.signal, this.#what());
    if (this.#gate.tryEnterAfterDead()) return true;
    return timeout > 0 && this.#local.wait({ timeout, signal: options.signal, what: this.#what });
  }

  /**
   * As {@link acquire}, and blocks the thread meanwhile. A signal is looked at before, and not while it waits.
   *
   * @throws {BlockingNotAllowedError} on the main thread, unless that was allowed
   */
  acquireSync(options: WaitOptions = {}): boolean {
    checkMayBlock('acquireSync()', 'await acquire()');
    const timeout = checkTimeout(options.timeout);
    throwIfAborted(options.signal, this.#what());
    return this.#gate.tryEnterAfterDead() || (timeout > 0 && this.#gate.enterSync(timeout, this.#local.place));
  }

  /**
   * Takes a permit if one is free and nobody waits.
   *
   * @throws {RangeError} if it is given a timeout: it never waits
   */
  tryAcquire(options?: { readonly timeout?: undefined }): boolean {
    if (options?.timeout !== undefined) {
      throw new RangeError(`Cannot try ${this.called()} with a timeout: it never waits; use acquire({ timeout })`);
    }
    return this.#gate.tryEnterAfterDead();
  }

  /**
   * Gives permits to those who wait, in order, and keeps the rest.
   *
   * @param count - how many, a whole number from 1; 1 if left out
   * @throws {RangeError} if `count` is no such number, or there would be too many permits
   */
  release(count = 1): void {
    checkCount(count, 1, `release ${String(count)} permits of ${this.called()}`);
    if (!this.#gate.give(count, this.limit)) {
      throw new RangeError(
        `Cannot release ${count} permits of ${this.called()}: ${this.value} of ${this.limit} are free; release what was acquired`,
      );
    }
    this.#local.hear();
  }

  /**
   * Runs `body` with a permit, and gives it back however `body` ends.
   *
   * @param options - of {@link acquire}
   * @returns what `body` returned
   * @throws {TimeoutError} if no permit was free in time; `body` is not called then
   */
  withPermit<T>(body: () => T | PromiseLike<T>, options?: WaitOptions): Promise<Awaited<T>> {
    if (options === undefined) return whenIn(this.acquire(), this.#giveBack, body);
    return scoped(this.hold(options), () => body());
  }

  /**
   * Takes a permit for the rest of a block: `await using held = await semaphore.hold();`
   *
   * @throws {TimeoutError} if no permit was free in time
   */
  async hold(options?: WaitOptions): Promise<Hold> {
    if (!(await this.acquire(options))) throw notInTime(this.#what(), options?.timeout);
    return new Hold(() => this.release());
  }

  toString(): string {
    return `<${this.called()} value ${this.value}>`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  /** @internal */
  protected limitOf(_permits: number): number {
    return MOST_PERMITS;
  }

  /** @internal */
  protected called(): string {
    return this.name === undefined ? 'Semaphore' : `Semaphore ${JSON.stringify(this.name)}`;
  }

  /** @internal */
  [toTransfer](context: TransferContext): SemaphoreHandle {
    const home = sendHome(this.#home, context.ground, this.called());
    return { id: Semaphore.#arrivals.idOf(this), home, name: this.name, limit: this.limit };
  }

  /** @internal */
  static [fromTransfer](handle: SemaphoreHandle): Semaphore {
    return Semaphore.#arrivals.arrive(
      handle.id,
      () => new this(new Arrived(openHome(handle.home), handle.limit), { name: handle.name }),
    );
  }
}

function checkCount(count: unknown, least: number, what: string): void {
  if (typeof count !== 'number') throw new TypeError(`Cannot ${what}: ${typeof count} is not a number`);
  if (!Number.isInteger(count) || count < least || count > MOST_PERMITS) {
    throw new RangeError(`Cannot ${what}: pass a whole number from ${least} to ${MOST_PERMITS}`);
  }
}
