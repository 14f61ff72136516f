import { checkTimeout, ClosedError, QueueEmptyError, QueueFullError, type WaitOptions } from '@interleave/core';
import { park, type Wakers } from '../park.js';
import { Line } from '../line.js';

interface Putter<T> {
  readonly item: T;
  readonly wakers: Wakers<void>;
}

/**
 * Hands items from one greenlet to another, face to face: `put` waits until somebody takes the item.
 *
 *     put ──waits──┐
 *                  ├─ the taker goes on first, then the giver
 *     get ──waits──┘
 *
 * It holds nothing itself. Where a giver should go on before its item is taken, use a `Queue`.
 *
 * **Fairness** givers and takers are served in the order in which they came.
 * **Cancellation** a `put` that ends early takes its item back; one that was taken is not taken back.
 *
 * @example
 * ```ts
 * const channel = new gevent.Channel<string>();
 * gevent.spawn(async () => {
 *   for (const url of urls) await channel.put(url);
 *   channel.close();
 * });
 * for await (const url of channel) console.log(url);
 * ```
 */
export class Channel<T = unknown> implements AsyncIterable<T> {
  readonly #putters = new Line<Putter<T>>();
  readonly #getters = new Line<Wakers<T>>();
  #closed = false;

  /**
   * Hands an item over, and waits until it is taken.
   *
   * @param options - `timeout` in milliseconds, 0 if somebody must wait for it now; `signal`
   * @throws {TimeoutError} if the time is over
   * @throws {ClosedError} if the channel is closed, before or meanwhile
   * @throws {CancelledError} if `signal` aborts
   */
  async put(item: T, options: WaitOptions = {}): Promise<void> {
    const timeout = checkTimeout(options.timeout, 'refuse');
    const what = 'put into a Channel';
    // Async, so that the giver goes on one turn after its taker.
    await park<void>(
      what,
      (wakers) => {
        if (this.#closed) throw closed(what);
        if (this.#give(item)) return void wakers.wake();
        return this.#putters.push({ item, wakers });
      },
      { timeout, signal: options.signal },
    );
  }

  /**
   * Takes an item, or waits for one.
   *
   * @param options - `timeout` in milliseconds, 0 if somebody must offer one now; `signal`
   * @throws {TimeoutError} if the time is over
   * @throws {ClosedError} if the channel is closed, before or meanwhile
   * @throws {CancelledError} if `signal` aborts
   */
  get(options: WaitOptions = {}): Promise<T> {
    const what = 'get from a Channel';
    const arm = (wakers: Wakers<T>): (() => void) | undefined => {
      checkTimeout(options.timeout, 'refuse');
      if (this.#closed) throw closed(what);
      const putter = this.#take();
      if (putter !== undefined) return void wakers.wake(putter.item);
      return this.#getters.push(wakers);
    };
    return park(what, arm, options);
  }

  /**
   * Hands an item to somebody who waits for one.
   *
   * @throws {QueueFullError} if nobody does
   * @throws {ClosedError} if the channel is closed
   */
  putNowait(item: T): void {
    if (this.#closed) throw closed('put into a Channel');
    if (!this.#give(item)) throw new QueueFullError('Cannot put into a Channel: nobody waits to take it; await put()');
  }

  /**
   * Takes an item from somebody who offers one.
   *
   * @throws {QueueEmptyError} if nobody does
   * @throws {ClosedError} if the channel is closed
   */
  getNowait(): T {
    if (this.#closed) throw closed('get from a Channel');
    const putter = this.#take();
    if (putter === undefined)
      throw new QueueEmptyError('Cannot get from a Channel: nobody offers an item; await get()');
    return putter.item;
  }

  /** How many givers wait, less how many takers do. */
  get balance(): number {
    return this.#putters.size - this.#getters.size;
  }

  /** Whether it is closed. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Closes it: a `for await` over it ends, all other waits fail. Closing it again does nothing. */
  close(): void {
    this.#closed = true;
    while (this.#putters.size > 0) this.#putters.shift()?.wakers.fail(closed('put into a Channel'));
    while (this.#getters.size > 0) this.#getters.shift()?.fail(closed('get from a Channel'));
  }

  /** The items until the channel is closed. Leaving the loop leaves the channel open. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    while (!this.#closed) {
      let item: T;
      try {
        item = await this.get();
      } catch (error) {
        if (error instanceof ClosedError && this.#closed) return;
        throw error;
      }
      yield item;
    }
  }

  /** For example `<Channel 2 waiting to put>`. */
  toString(): string {
    const { balance } = this;
    if (this.#closed) return '<Channel closed>';
    if (balance === 0) return '<Channel>';
    return `<Channel ${Math.abs(balance)} waiting to ${balance > 0 ? 'put' : 'get'}>`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  /** Wakes the first who waits to take; whether there was one. Whoever stands in line can be woken: others have left. */
  #give(item: T): boolean {
    return this.#getters.shift()?.wake(item) ?? false;
  }

  /** Wakes the first who waits to give. */
  #take(): Putter<T> | undefined {
    const putter = this.#putters.shift();
    putter?.wakers.wake();
    return putter;
  }
}

function closed(what: string): ClosedError {
  return new ClosedError(`Cannot ${what}: it is closed`);
}
