import { isGreenletExit } from './greenlet-exit.js';
import { checkCount } from './check-count.js';
import { Greenlet } from './greenlet.js';
import { Line } from '../line.js';
import { outcomeOf } from './outcome.js';
import { parkWithin } from '../park-within.js';

/** What `map` and its like call for every item. */
export type Body<I, R> = (item: I) => R;

/** Options of `imap` and `imapUnordered`. */
export interface ImapOptions {
  /** How many results may run or wait to be taken, an integer from 1. Default: no limit. */
  readonly maxSize?: number | undefined;
}

interface Spawner {
  spawn<T, A extends readonly unknown[]>(
    body: (...args: A) => T | PromiseLike<T>,
    ...args: A
  ): Greenlet<T> | Promise<Greenlet<T>>;
}

/**
 * The results of a function over items, each computed in a greenlet of `group`.
 *
 * @internal
 * @throws {TypeError | RangeError} if the arguments make no sense
 */
export function imapOver<I, R>(
  group: Spawner,
  body: Body<I, R>,
  items: Iterable<I> | AsyncIterable<I>,
  ordered: boolean,
  options: ImapOptions = {},
): AsyncIterableIterator<Awaited<R>> {
  if (typeof body !== 'function') {
    throw new TypeError(`Cannot map with ${body === null ? 'null' : typeof body}: pass a function`);
  }
  const given = items as Partial<Iterable<I> & AsyncIterable<I>> | null | undefined;
  if (typeof given?.[Symbol.iterator] !== 'function' && typeof given?.[Symbol.asyncIterator] !== 'function') {
    throw new TypeError(`Cannot map over ${given === null ? 'null' : typeof given}: pass an iterable`);
  }
  return new Results<I, R>(group, body, items, ordered, checkCount(options.maxSize, 'maxSize', 1));
}

/** Written by hand and not as an async generator: a generator that throws is over, but here the next step goes on. */
class Results<I, R> implements AsyncIterableIterator<Awaited<R>> {
  readonly #feeder: Greenlet<void>;
  readonly #ordered: boolean;
  readonly #maxSize: number;
  /** In order, all that were begun; else those that have ended. */
  #line = new Line<Greenlet<R>>();
  #begun = 0;
  #taken = 0;
  /** All items are begun. */
  #fed = false;
  /** Nobody wants more. */
  #left = false;
  /** What the iterable threw, for the step after the last result. */
  #failure: { readonly error: unknown } | undefined;
  #tellStep: () => unknown = nothing;
  #tellFeeder: () => unknown = nothing;
  /** Ends when the step before has ended, so that steps asked for at once get different results. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    group: Spawner,
    body: Body<I, R>,
    items: Iterable<I> | AsyncIterable<I>,
    ordered: boolean,
    maxSize: number,
  ) {
    this.#ordered = ordered;
    this.#maxSize = maxSize;
    this.#feeder = new Greenlet(() => this.#feed(group, body, items));
    this.#feeder[outcomeOf].listen(() => {
      this.#fed = true;
      this.#tellStep();
    });
    this.#feeder.start();
  }

  next(): Promise<IteratorResult<Awaited<R>, undefined>> {
    const step = this.#turn.then(() => this.#step());
    this.#turn = step.then(nothing, nothing);
    return step;
  }

  async return(): Promise<IteratorResult<Awaited<R>, undefined>> {
    this.#left = true;
    this.#line = new Line();
    this.#feeder.throw();
    this.#tellStep();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #feed(group: Spawner, body: Body<I, R>, items: Iterable<I> | AsyncIterable<I>): Promise<void> {
    try {
      for await (const item of items) {
        while (this.#begun - this.#taken >= this.#maxSize) {
          await parkWithin('begin an item', (done) => {
            this.#tellFeeder = done;
            return () => (this.#tellFeeder = nothing);
          });
        }
        if (this.#left) return;
        const greenlet = await group.spawn<R, [I]>(body, item);
        this.#begun += 1;
        if (this.#ordered) this.#line.push(greenlet);
        greenlet[outcomeOf].listen(() => {
          if (!this.#ordered) this.#line.push(greenlet);
          this.#tellStep();
        });
      }
    } catch (error) {
      if (!isGreenletExit(error)) this.#failure = { error };
    }
  }

  async #step(): Promise<IteratorResult<Awaited<R>, undefined>> {
    while (!this.#left && this.#line.first?.dead !== true && !(this.#fed && this.#taken === this.#begun)) {
      await parkWithin('wait for a result', (done) => {
        this.#tellStep = done;
        return () => (this.#tellStep = nothing);
      });
    }
    if (this.#left) return { done: true, value: undefined };
    const greenlet = this.#line.shift();
    if (greenlet === undefined) {
      const failure = this.#failure;
      this.#failure = undefined;
      if (failure !== undefined) throw failure.error;
      return { done: true, value: undefined };
    }
    this.#taken += 1;
    this.#tellFeeder();
    if (greenlet.successful()) return { done: false, value: greenlet.value as Awaited<R> };
    greenlet[outcomeOf].see();
    throw greenlet.exception;
  }
}

function nothing(): void {}
