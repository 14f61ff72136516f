import { ClosedError, EndOfStreamError, QueueEmptyError, QueueFullError } from '@interleave/core';
import { Line } from './line.js';
import { Ring } from './ring.js';
import type { Coroutine, Task } from './task.js';
import { Wait } from './wait.js';

class Put<T> extends Wait<void> {
  readonly item: T;
  readonly #channel: Channel<T>;

  constructor(channel: Channel<T>, item: T) {
    super();
    this.#channel = channel;
    this.item = item;
  }

  arm(task: Task): void {
    if (this.#channel.offer(this)) task.wake(this, undefined);
    else this.#channel.putters.push(task);
  }

  disarm(task: Task): void {
    this.#channel.putters.delete(task);
  }

  toString(): string {
    return `room in ${this.#channel.toString()}`;
  }
}

class Get<T> extends Wait<T> {
  readonly #channel: Channel<T>;

  constructor(channel: Channel<T>) {
    super();
    this.#channel = channel;
  }

  arm(task: Task): void {
    const put = this.#channel.take();
    if (put === undefined) this.#channel.getters.push(task);
    else task.wake(this, put.item);
  }

  disarm(task: Task): void {
    this.#channel.getters.delete(task);
  }

  toString(): string {
    return `an item of ${this.#channel.toString()}`;
  }
}

/**
 * Hands items from task to task of a Scheduler, in order. Without a capacity, `put` waits until somebody takes the item.
 *
 * **Fairness** first come, first served, on both sides.
 * **Cancellation** an item whose `put` was cancelled has not been put, and none is lost with a cancelled `get`.
 * **After `close`** what was put comes out, then `get` fails with an `EndOfStreamError`; `put` fails with a `ClosedError`.
 *
 * @example
 * ```ts
 * const pages = new Channel<string>(10);
 * scheduler.spawn(function* () {
 *   for (const url of urls) yield pages.put(yield* promised(download(url)));
 *   pages.close();
 * });
 * scheduler.spawn(() => pages.each(function* (page) { console.log(page.length); }));
 * ```
 */
export class Channel<T> {
  /** @internal Who waits for an item, and who for room. */
  readonly getters = new Line();
  /** @internal */
  readonly putters = new Line();
  readonly #kept = new Ring<Put<T>>();
  readonly #capacity: number;
  readonly #get = new Get<T>(this);
  #closed = false;

  /**
   * @param capacity - how many items it keeps before `put` waits; an integer from 0, or `Infinity`. Default: 0
   * @throws {RangeError} if it is not such a number
   */
  constructor(capacity = 0) {
    if (!(Number.isSafeInteger(capacity) || capacity === Infinity) || capacity < 0) {
      throw new RangeError(`Cannot make a Channel of capacity ${capacity}: pass an integer from 0, or Infinity`);
    }
    this.#capacity = capacity;
  }

  /** How many items it keeps. */
  get size(): number {
    return this.#kept.size;
  }

  /** Whether it was closed. */
  get closed(): boolean {
    return this.#closed;
  }

  /** What to yield to put an item in. */
  put(item: T): Wait<void> {
    return new Put(this, item);
  }

  /** What to yield for the next item. */
  get(): Wait<T> {
    return this.#get;
  }

  /**
   * Puts an item in without waiting; also for code that is no task.
   *
   * @throws {QueueFullError} if there is no room, and nobody waits for an item
   * @throws {ClosedError} after `close`
   */
  putNowait(item: T): void {
    if (!this.offer(new Put(this, item)))
      throw new QueueFullError(`Cannot put into the Channel: its ${this.#capacity} places are taken`);
  }

  /**
   * Takes an item without waiting.
   *
   * @throws {QueueEmptyError} if there is none
   * @throws {EndOfStreamError} if there will be none
   */
  getNowait(): T {
    const put = this.take();
    if (put !== undefined) return put.item;
    throw new QueueEmptyError('Cannot get from the Channel: it is empty');
  }

  /** Runs a generator function for every item, one after the other, until the channel is closed and empty. */
  *each(body: (item: T) => Coroutine<unknown>): Coroutine<void> {
    for (;;) {
      let item: T;
      try {
        item = yield* this.#get;
      } catch (error) {
        if (error instanceof EndOfStreamError) return;
        throw error;
      }
      yield* body(item);
    }
  }

  /** Nothing more can be put in. Who waits for an item meets the end; who waits for room, a `ClosedError`. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (let task = this.getters.shift(); task !== undefined; task = this.getters.shift()) {
      task.fail(this.#get, ended());
    }
    for (let task = this.putters.shift(); task !== undefined; task = this.putters.shift()) {
      task.fail(task.waitsFor as Put<T>, closed());
    }
  }

  toString(): string {
    return `Channel (${this.size} of ${this.#capacity}${this.#closed ? ', closed' : ''})`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  /** @internal Puts an item in; false if there is no room. */
  offer(put: Put<T>): boolean {
    if (this.#closed) throw closed();
    const getter = this.getters.shift();
    if (getter !== undefined) return getter.wake(this.#get, put.item);
    if (this.size >= this.#capacity) return false;
    this.#kept.push(put);
    return true;
  }

  /** @internal Takes the next item out, and lets the next one in. */
  take(): Put<T> | undefined {
    const kept = this.#kept.shift();
    const putter = this.putters.shift();
    if (putter === undefined) {
      if (kept === undefined && this.#closed) throw ended();
      return kept;
    }
    const put = putter.waitsFor as Put<T>;
    putter.wake(put, undefined);
    if (kept === undefined) return put;
    this.#kept.push(put);
    return kept;
  }
}

function closed(): ClosedError {
  return new ClosedError('Cannot put into the Channel: it is closed');
}

function ended(): EndOfStreamError {
  return new EndOfStreamError('Cannot get from the Channel: it is closed and empty');
}
