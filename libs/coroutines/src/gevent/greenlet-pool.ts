import { PoolFullError, type WaitOptions } from '@interleave/core';
import { parkWithin } from '../park-within.js';
import { checkCount } from './check-count.js';
import { Greenlet } from './greenlet.js';
import { GroupBase } from './group-base.js';
import { Line } from '../line.js';

/** Options of {@link GreenletPool.add} and {@link GreenletPool.start}. */
export interface AddOptions extends WaitOptions {
  /** Whether to wait for a place. Default: true. */
  readonly blocking?: boolean | undefined;
}

/**
 * A group with a limited number of places: whoever adds to a full one waits until somebody has ended.
 *
 * Use it to bound load on something that many greenlets share. For work on other threads, take the `Pool` of `pools`.
 *
 * **Fairness** places are given in the order of the calls.
 * **Cancellation** a wait that ends early takes no place.
 *
 * @example
 * ```ts
 * const pool = new gevent.GreenletPool(5);
 * for await (const page of pool.imapUnordered(download, urls)) console.log(page.title);
 * ```
 */
export class GreenletPool extends GroupBase {
  /** How many places there are; `Infinity` if there is no limit. */
  readonly places: number;
  readonly #line = new Line<() => boolean>();
  readonly #watchers = new Set<() => void>();
  /** Places that are given away, and not entered yet. */
  #coming = 0;

  /**
   * @param places - how many greenlets at once, an integer from 0. Default: no limit
   * @throws {TypeError | RangeError} if it is no such number
   */
  constructor(places?: number) {
    super();
    this.places = checkCount(places, 'the size of a pool', 0);
  }

  /** How many places are free. */
  freeCount(): number {
    return this.places - this.size - this.#coming;
  }

  /** Whether no place is free. */
  full(): boolean {
    return this.freeCount() <= 0;
  }

  /**
   * Waits until a place is free, and leaves it free: somebody else may take it first.
   *
   * @param options - `timeout` in milliseconds, `signal`
   * @returns how many places are free; 0 if the time is over
   * @throws {CancelledError} if `signal` aborts
   */
  async waitAvailable(options?: WaitOptions): Promise<number> {
    await parkWithin(
      `wait for a place in ${this.toString()}`,
      (done) => {
        if (!this.full()) done();
        else this.#watchers.add(done);
        return () => this.#watchers.delete(done);
      },
      options,
    );
    return this.freeCount();
  }

  /**
   * Takes a greenlet in, when there is a place. Does nothing if it is in.
   *
   * @param options - `blocking: false` not to wait; `timeout` in milliseconds; `signal`
   * @throws {PoolFullError} if there is no place, or none in time
   * @throws {CancelledError} if `signal` aborts
   * @throws {TypeError} if it is no greenlet
   */
  async add(greenlet: Greenlet, options?: AddOptions): Promise<void> {
    this.check(greenlet);
    if (this.has(greenlet)) return;
    await this.#place(options);
    this.#coming -= 1;
    // Somebody else may have added it meanwhile.
    if (this.has(greenlet)) this.left();
    else this.enter(greenlet);
  }

  /**
   * Takes a greenlet in and starts it, when there is a place.
   *
   * @param options - as for {@link add}
   * @throws what {@link add} throws; the greenlet is not started then
   */
  async start(greenlet: Greenlet, options?: AddOptions): Promise<void> {
    await this.add(greenlet, options);
    greenlet.start();
  }

  /**
   * Starts a new greenlet in it, when there is a place. Under a `Timeout` to limit the wait.
   *
   * @param args - the arguments of `body`
   * @throws {TypeError} if `body` is not a function
   */
  override async spawn<T, A extends readonly unknown[]>(
    body: (...args: A) => T | PromiseLike<T>,
    ...args: A
  ): Promise<Greenlet<T>> {
    const greenlet = new Greenlet(body, ...args);
    await this.start(greenlet);
    return greenlet;
  }

  /** For example `<GreenletPool 2 of 5>`. */
  override toString(): string {
    return `<GreenletPool ${this.size} of ${this.places}>`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  /** @internal The place goes to who waits for it, before anybody who comes now. */
  protected override left(): void {
    while (!this.full()) {
      const take = this.#line.shift();
      if (take === undefined) break;
      this.#coming += 1;
      take();
    }
    if (!this.full()) for (const tell of [...this.#watchers]) tell();
  }

  /** @internal */
  protected override empty(): boolean {
    return super.empty() && this.#coming === 0;
  }

  async #place({ blocking = true, timeout, signal }: AddOptions = {}): Promise<void> {
    const limit = blocking ? timeout : 0;
    const inTime = await parkWithin(
      `add to ${this.toString()}`,
      (done) => {
        if (!this.full() && this.#line.size === 0) {
          this.#coming += 1;
          done();
          return () => {};
        }
        return this.#line.push(done);
      },
      { timeout: limit, signal },
    );
    if (inTime) return;
    throw new PoolFullError(
      `Cannot add to ${this.toString()}: no place ${limit === 0 ? 'is free' : `was free within ${limit} ms`}; wait, or make it larger`,
    );
  }
}
