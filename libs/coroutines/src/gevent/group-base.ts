import { collect, Deadline, type WaitOptions } from '@interleave/core';
import { currentClock } from '../fiber.js';
import { parkWithin } from '../park-within.js';
import { getCurrent, Greenlet, type KillOptions } from './greenlet.js';
import { imapOver, type Body, type ImapOptions } from './imap.js';
import { killAll } from './kill-all.js';
import { outcomeOf } from './outcome.js';

/** Options of `join` of a group or pool. */
export interface JoinGroupOptions extends WaitOptions {
  /** Whether the first error of those that were in it at the call comes out. Default: false. */
  readonly raiseError?: boolean | undefined;
}

/**
 * What a `Group` and a `GreenletPool` have in common: greenlets that are joined and killed together. A greenlet leaves by
 * itself when it ends.
 */
export abstract class GroupBase implements Iterable<Greenlet> {
  readonly #members = new Map<Greenlet, () => void>();
  readonly #joiners = new Set<() => void>();

  /** How many are in it. */
  get size(): number {
    return this.#members.size;
  }

  /** Whether a greenlet is in it. */
  has(greenlet: Greenlet): boolean {
    return this.#members.has(greenlet);
  }

  /** Those that are in it, oldest first. */
  [Symbol.iterator](): IterableIterator<Greenlet> {
    return this.#members.keys();
  }

  /** Starts a greenlet in it. */
  abstract spawn<T, A extends readonly unknown[]>(
    body: (...args: A) => T | PromiseLike<T>,
    ...args: A
  ): Greenlet<T> | Promise<Greenlet<T>>;

  /** Takes a greenlet out; it goes on. Does nothing if it is not in it. */
  discard(greenlet: Greenlet): void {
    const leave = this.#members.get(greenlet);
    if (leave === undefined) return;
    leave();
    this.#members.delete(greenlet);
    this.left();
    if (this.empty()) for (const joined of [...this.#joiners]) joined();
  }

  /**
   * Waits until it is empty.
   *
   * @param options - `timeout` in milliseconds; `raiseError`; `signal`
   * @returns true, at once if it is empty; false if the time is over
   * @throws the first error of a member, with `raiseError`, after the wait
   * @throws {CancelledError} if `signal` aborts
   */
  async join(options: JoinGroupOptions = {}): Promise<boolean> {
    const members = options.raiseError === true ? [...this] : [];
    const empty = await parkWithin(
      'join a group of greenlets',
      (done) => {
        if (this.empty()) done();
        else this.#joiners.add(done);
        return () => this.#joiners.delete(done);
      },
      options,
    );
    for (const each of members) {
      if (!each[outcomeOf].failed) continue;
      each[outcomeOf].see();
      throw each.exception;
    }
    return empty;
  }

  /**
   * Kills all, also those that are added meanwhile, and waits until it is empty.
   *
   * @param options - as for `Greenlet.kill`
   * @throws {TimeoutError} if not all have ended in time; all have been told
   * @throws {TypeError} if `exception` is neither an error nor a class of errors
   * @throws {CancelledError} if `signal` aborts
   */
  async kill(options: KillOptions = {}): Promise<void> {
    const deadline = Deadline.after(options.timeout, { clock: currentClock() });
    do {
      await killAll(this, { ...options, timeout: deadline.remaining() });
    } while (options.block !== false && this.size > 0);
  }

  /**
   * Kills one of them, and waits until it has ended. Does nothing if it is not in it.
   *
   * @param options - as for `Greenlet.kill`
   * @throws what `Greenlet.kill` throws
   */
  async killOne(greenlet: Greenlet, options?: KillOptions): Promise<void> {
    if (this.has(greenlet)) await greenlet.kill(options);
  }

  /**
   * Runs a function in it and waits for its value. Called by one of the group it runs at once, as a part of the caller: in
   * a full pool it would wait for its own place.
   *
   * @param args - its arguments
   * @throws what the function throws
   * @throws {TypeError} if it is not a function
   */
  async apply<T, A extends readonly unknown[]>(body: (...args: A) => T | PromiseLike<T>, args: A): Promise<T>;
  async apply<T>(body: () => T | PromiseLike<T>): Promise<T>;
  async apply<T>(body: (...args: readonly unknown[]) => T | PromiseLike<T>, args: readonly unknown[] = []): Promise<T> {
    const caller = getCurrent();
    if (caller !== undefined && this.has(caller)) return body(...args);
    const greenlet = await this.spawn(body, ...args);
    return greenlet.get();
  }

  /**
   * Calls a function for every item, each in a greenlet, and waits for all results.
   *
   * @param items - a plain or an async iterable
   * @returns the results in the order of the items
   * @throws the error of the first item that failed, or of the iterable; no further items are begun then
   * @throws {TypeError} if there is no function, or nothing to go over
   */
  async map<I, R>(body: Body<I, R>, items: Iterable<I> | AsyncIterable<I>): Promise<Awaited<R>[]> {
    const results = this.imap(body, items);
    try {
      return await collect(results);
    } catch (error) {
      // A step that throws does not end the loop by itself.
      await results.return?.();
      throw error;
    }
  }

  /**
   * As {@link map}, and yields each result when those before it are there. It begins at once.
   *
   * **Errors** an item that failed fails its step only; the next step goes on with the next item. An error of the iterable
   * comes after the last result.
   * **Leaving** a loop early begins no further items; those that run go on.
   *
   * @param options - `maxSize`: how many results may run or wait to be taken. Default: no limit
   * @throws {TypeError | RangeError} if the arguments make no sense, at the call
   */
  imap<I, R>(
    body: Body<I, R>,
    items: Iterable<I> | AsyncIterable<I>,
    options?: ImapOptions,
  ): AsyncIterableIterator<Awaited<R>> {
    return imapOver(this, body, items, true, options);
  }

  /** As {@link imap}, and yields each result as soon as it is there. */
  imapUnordered<I, R>(
    body: Body<I, R>,
    items: Iterable<I> | AsyncIterable<I>,
    options?: ImapOptions,
  ): AsyncIterableIterator<Awaited<R>> {
    return imapOver(this, body, items, false, options);
  }

  /** @internal Takes a greenlet in. */
  protected enter(greenlet: Greenlet): void {
    this.#members.set(
      greenlet,
      greenlet[outcomeOf].listen(() => this.discard(greenlet)),
    );
  }

  /** @internal Somebody has left. */
  protected left(): void {}

  /** @internal Whether nobody is in it, nor about to be. */
  protected empty(): boolean {
    return this.size === 0;
  }

  /** @internal */
  protected check(greenlet: Greenlet): void {
    if (greenlet instanceof Greenlet) return;
    const given: unknown = greenlet;
    throw new TypeError(`Cannot add ${given === null ? 'null' : typeof given} to a group: pass a greenlet`);
  }
}
