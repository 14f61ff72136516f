import { InvalidStateError, TimeoutError, type WaitOptions } from '@interleave/core';
import { Outcome, outcomeOf } from './outcome.js';

/**
 * A value that somebody will set once, and that any number of greenlets may wait for.
 *
 * Use it to hand one result to many. For one item after another take a `Channel`; to say "ready" without a value, an
 * `Event`.
 *
 * **Many readers** all get the same value, or the same error, whether they came before or after.
 * **Cancellation** a wait that ends early changes nothing.
 *
 * @example
 * ```ts
 * const answer = new gevent.AsyncResult<number>();
 * gevent.spawnLater(100, () => answer.set(42));
 * await answer.get(); // 42
 * ```
 */
export class AsyncResult<T = unknown> {
  /** @internal */
  readonly [outcomeOf]: Outcome<T> = new Outcome<T>();

  /**
   * Sets the value and wakes all who wait.
   *
   * @throws {InvalidStateError} if it is set already
   */
  set(value: T): void {
    this.#checkOpen();
    this[outcomeOf].succeed(value);
  }

  /**
   * Sets an error, which every reader gets.
   *
   * @throws {InvalidStateError} if it is set already
   */
  setException(error: unknown): void {
    this.#checkOpen();
    this[outcomeOf].fail(error);
  }

  /**
   * Waits for the value; at once if it is there.
   *
   * @param options - `timeout` in milliseconds, 0 to look once; `signal` ends the wait
   * @throws the error that was set
   * @throws {TimeoutError} if the time is over
   * @throws {CancelledError} if `signal` aborts
   */
  get(options?: WaitOptions): Promise<T> {
    return this[outcomeOf].get('get the value of an AsyncResult', options);
  }

  /**
   * The value, without waiting.
   *
   * @throws the error that was set
   * @throws {TimeoutError} if nothing is set yet
   */
  getNowait(): T {
    if (!this.ready()) throw new TimeoutError(`Cannot get the value of ${this.toString()}: wait for it with get()`);
    if (!this.successful()) throw this.exception;
    return this.value as T;
  }

  /**
   * Waits until it is set, to a value or an error.
   *
   * @param options - as for {@link get}
   * @returns true, or false if the time is over
   * @throws {CancelledError} if `signal` aborts
   */
  wait(options?: WaitOptions): Promise<boolean> {
    return this[outcomeOf].wait('wait for an AsyncResult', options);
  }

  /** Whether it is set. */
  ready(): boolean {
    return this[outcomeOf].settled;
  }

  /** Whether it is set to a value. */
  successful(): boolean {
    return this.ready() && !this[outcomeOf].failed;
  }

  /** The value, if it is set to one. */
  get value(): T | undefined {
    return this[outcomeOf].value;
  }

  /** The error, if it is set to one. */
  get exception(): unknown {
    return this[outcomeOf].error;
  }

  /** For example `<AsyncResult unset>`. */
  toString(): string {
    return `<AsyncResult ${!this.ready() ? 'unset' : this.successful() ? 'set' : 'failed'}>`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  #checkOpen(): void {
    if (this.ready()) {
      throw new InvalidStateError(`Cannot set ${this.toString()}: it is set once; make a new one for the next value`);
    }
  }
}
