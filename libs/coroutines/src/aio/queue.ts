/**
 * Items from one task to another, in order.
 *
 *     put ──> [ putters ] ──> items ──> [ getters ] ──> get
 *              while full               while empty
 *
 * Invariant: while somebody waits for an item there is none, and while somebody waits for room there is none. Whoever is
 * woken has been given the item; nobody has to come back and look.
 */
import { checkTimeout, QueueEmptyError, QueueFullError, QueueShutdownError, type WaitOptions } from '@interleave/core';
import { Line } from '../line.js';
import { park, type Wakers } from '../park.js';
import { Fifo } from './fifo.js';

/** Options of the queues. */
export interface QueueOptions {
  /** How many items there may be; 0, less, or left out: any number. A whole number. */
  readonly maxSize?: number | undefined;
}

/** Options of {@link Queue.shutdown}. */
export interface QueueShutdownOptions {
  /** Whether what is in the queue is thrown away. Default: false, it can still be fetched. */
  readonly immediate?: boolean | undefined;
}

interface Getter<T> extends Wakers<T> {
  /** Only looks, and leaves the item. */
  readonly peeks: boolean;
}

interface Putter<T> extends Wakers<void> {
  readonly item: T;
}

/**
 * First in, first out; for tasks of one event loop.
 *
 * With a `maxSize`, who puts waits for who gets: a fast producer cannot fill the memory.
 *
 * **Fairness** first come, first served, on both sides.
 * **Cancellation** a cancelled wait leaves nothing behind. Who has been given an item has it, and meets the cancellation at its
 * next wait; no item is lost.
 * **Thenables** an item with a `then` method, such as a task, is awaited by `await queue.get()`; put it into an object.
 *
 * @example
 * ```ts
 * const queue = new aio.Queue<string>({ maxSize: 10 });
 * aio.spawn(async () => { for (const url of urls) await queue.put(url); queue.shutdown(); });
 * for await (const url of queue) await download(url);
 * ```
 */
export class Queue<T> {
  /** How many items there may be; 0 for any number. */
  readonly maxSize: number;
  readonly #items = new Fifo<T>();
  #size = 0;
  /** Put, and not reported as done. */
  #unfinished = 0;
  #isShutdown = false;
  readonly #getters = new Line<Getter<T>>();
  readonly #putters = new Line<Putter<T>>();
  readonly #joiners = new Set<Wakers<void>>();

  /**
   * @throws {TypeError} if `maxSize` is not a number
   * @throws {RangeError} if it is not a whole number
   */
  constructor(options: QueueOptions = {}) {
    const { maxSize = 0 } = options;
    if (typeof maxSize !== 'number') {
      throw new TypeError(`Cannot make a queue of ${JSON.stringify(maxSize)} places: maxSize is a number`);
    }
    if (!Number.isInteger(maxSize)) {
      throw new RangeError(`Cannot make a queue of ${maxSize} places: pass a whole number, 0 for no limit`);
    }
    this.maxSize = Math.max(0, maxSize);
  }

  /** How many items there are. */
  qsize(): number {
    return this.#size;
  }

  /** Whether there is no item. */
  empty(): boolean {
    return this.#size === 0;
  }

  /** Whether there is no room; never without a `maxSize`. */
  full(): boolean {
    return this.maxSize > 0 && this.#size >= this.maxSize;
  }

  /** Whether it was shut down. */
  get isShutdown(): boolean {
    return this.#isShutdown;
  }

  /**
   * Puts an item in, and waits for room before.
   *
   * @throws {QueueShutdownError} if the queue is, or is meanwhile, shut down
   * @throws {TimeoutError} if there was no room in time
   * @throws {CancelledError} when the task is cancelled, or the signal aborts; the item is not put then
   * @throws {TypeError | RangeError} for a bad timeout, a negative one included
   */
  async put(item: T, options: WaitOptions = {}): Promise<void> {
    checkTimeout(options.timeout, 'refuse');
    this.#checkOpen('put an item');
    if (!this.full()) return this.#add(item);
    return park<void>('put an item into the queue', (wakers) => this.#putters.push({ ...wakers, item }), options);
  }

  /**
   * Puts an item in, if there is room.
   *
   * @throws {QueueFullError} if there is none
   * @throws {QueueShutdownError} if the queue is shut down
   */
  putNowait(item: T): void {
    this.#checkOpen('put an item');
    if (this.full()) throw new QueueFullError(`Cannot put an item: the queue holds ${this.maxSize}; await put()`);
    this.#add(item);
  }

  /**
   * Takes the next item, and waits until there is one.
   *
   * @throws {QueueShutdownError} if the queue is shut down and empty
   * @throws {TimeoutError} if there was none in time
   * @throws {CancelledError} when the task is cancelled, or the signal aborts; no item is taken then
   * @throws {TypeError | RangeError} for a bad timeout, a negative one included
   */
  async get(options: WaitOptions = {}): Promise<T> {
    checkTimeout(options.timeout, 'refuse');
    if (this.#size > 0) return this.#take();
    return this.#waitForItem(false, options);
  }

  /**
   * Takes the next item, if there is one.
   *
   * @throws {QueueEmptyError} if there is none
   * @throws {QueueShutdownError} if the queue is shut down and empty
   */
  getNowait(): T {
    if (this.#size > 0) return this.#take();
    this.#checkOpen('get an item');
    throw new QueueEmptyError('Cannot get an item: the queue is empty; await get()');
  }

  /**
   * The next item, which stays where it is; waits until there is one.
   *
   * @throws as {@link get} does
   */
  async peek(options: WaitOptions = {}): Promise<T> {
    checkTimeout(options.timeout, 'refuse');
    if (this.#size > 0) return this._peek();
    return this.#waitForItem(true, options);
  }

  /**
   * Says that the work on an item that was taken is done; see {@link join}.
   *
   * @throws {RangeError} if it is called more often than items were put
   */
  taskDone(): void {
    if (this.#unfinished === 0) {
      throw new RangeError('Cannot report an item as done: all that were put are; call taskDone() once for each');
    }
    this.#finish(1);
  }

  /**
   * Waits until every item that was put is done: `taskDone` was called for each.
   *
   * @throws {TimeoutError} if they were not in time
   * @throws {CancelledError} when the task is cancelled, or the signal aborts
   */
  async join(options: WaitOptions = {}): Promise<void> {
    checkTimeout(options.timeout, 'refuse');
    if (this.#unfinished === 0) return;
    return park<void>(
      'join the queue',
      (wakers) => {
        this.#joiners.add(wakers);
        return () => this.#joiners.delete(wakers);
      },
      options,
    );
  }

  /**
   * Takes no more items. What is there can be fetched; then, and at once for those who wait, `get` fails, as `put` does.
   *
   * @param options - `immediate` throws away what is there, and counts it as done
   */
  shutdown(options: QueueShutdownOptions = {}): void {
    this.#isShutdown = true;
    if (options.immediate === true) {
      const dropped = this.#size;
      for (; this.#size > 0; this.#size--) this._get();
      this.#finish(Math.min(dropped, this.#unfinished));
    }
    for (let each = this.#putters.shift(); each !== undefined; each = this.#putters.shift()) {
      each.fail(shutdownError('put an item'));
    }
    for (let each = this.#getters.shift(); each !== undefined; each = this.#getters.shift()) {
      each.fail(shutdownError('get an item'));
    }
  }

  /** Takes item after item, until the queue is shut down and empty. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    while (!this.#isShutdown || this.#size > 0) {
      let item: T;
      try {
        item = await this.get();
      } catch (error) {
        if (error instanceof QueueShutdownError && this.#isShutdown) return;
        throw error;
      }
      yield item;
    }
  }

  toString(): string {
    const limit = this.maxSize === 0 ? '' : ` of ${this.maxSize}`;
    const waiting = `${this.#getters.size} getting, ${this.#putters.size} putting`;
    return `<${this.constructor.name} ${this.#size}${limit} items, ${waiting}>`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  /** Keeps an item; for classes that keep theirs in another way. If it throws, the item is not put. */
  protected _put(item: T): void {
    this.#items.push(item);
  }

  /** Removes the next item; called only if there is one. */
  protected _get(): T {
    return this.#items.shift() as T;
  }

  /** The next item; called only if there is one. */
  protected _peek(): T {
    return this.#items.first() as T;
  }

  #add(item: T): void {
    this._put(item);
    this.#size += 1;
    this.#unfinished += 1;
    // Only one who peeks leaves something for the next.
    while (this.#size > 0) {
      const getter = this.#getters.shift();
      if (getter === undefined) return;
      getter.wake(getter.peeks ? this._peek() : this.#take());
    }
  }

  #take(): T {
    const item = this._get();
    this.#size -= 1;
    this.#letIn();
    return item;
  }

  /** Lets in the first of those who wait for room; one whose item is refused makes way for the next. */
  #letIn(): void {
    for (let putter = this.#putters.shift(); putter !== undefined; putter = this.#putters.shift()) {
      try {
        this.#add(putter.item);
      } catch (error) {
        putter.fail(error);
        continue;
      }
      putter.wake();
      return;
    }
  }

  #waitForItem(peeks: boolean, options: WaitOptions): Promise<T> {
    return park<T>(
      'get an item from the queue',
      (wakers) => {
        this.#checkOpen('get an item');
        return this.#getters.push({ ...wakers, peeks });
      },
      options,
    );
  }

  #finish(count: number): void {
    this.#unfinished -= count;
    if (this.#unfinished > 0) return;
    const joiners = [...this.#joiners];
    this.#joiners.clear();
    for (const joiner of joiners) joiner.wake();
  }

  #checkOpen(what: string): void {
    if (this.#isShutdown) throw shutdownError(what);
  }
}

function shutdownError(what: string): QueueShutdownError {
  return new QueueShutdownError(`Cannot ${what}: the queue was shut down`);
}
