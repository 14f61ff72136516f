import { checkTimeout, currentOwner, InvalidStateError, reportUncaught, TimeoutError } from '@interleave/core';
import { currentClock, currentFiber, Fiber } from '../fiber.js';
import { runInside } from '../run-inside.js';
import { isErrorClass, toError, type ErrorLike } from './to-error.js';

/**
 * What a {@link Timeout} throws: an error or a class of errors; for a string or nothing, itself; for `false` itself, which
 * {@link Timeout.run} keeps silent about.
 */
export type TimeoutCause = ErrorLike | string | false;

/**
 * A limit on how long something may take, and the error of those who exceed it.
 *
 * It ends the wait of this package that the code is in when the time is up. Code that computes or waits for a foreign
 * promise goes on until its next wait; if it ends before that, it was in time.
 *
 * To limit one wait, prefer its `{ timeout }`. For one call with a value in place of the error, {@link withTimeout}.
 *
 * **Which one** each throws itself, so that nested ones can be told apart: `error === timeout`.
 * **Again** a timeout that is over, or was cancelled, can be started again.
 *
 * @example
 * ```ts
 * const limit = new gevent.Timeout(1_000);
 * try {
 *   await limit.run(() => handshake());
 * } catch (error) {
 *   if (error !== limit) throw error;
 *   console.log('nobody answered');
 * }
 * ```
 */
export class Timeout<C extends TimeoutCause | undefined = undefined> extends TimeoutError {
  static {
    Object.defineProperty(this.prototype, 'name', { value: 'Timeout', configurable: true, writable: true });
  }

  /** The limit in milliseconds; `Infinity` if there is none. */
  readonly limit: number;
  readonly #cause: TimeoutCause | undefined;
  /** While it is pending. */
  #stopTimer: (() => void) | undefined;
  /** Whom it interrupts, and with what once it has. */
  #fiber: Fiber | undefined;
  #thrown: Error | undefined;

  /**
   * @param limit - milliseconds; below 0 counts as 0; `undefined` and `Infinity` never end
   * @param cause - what to throw. Default: this object
   * @throws {TypeError | RangeError} if they make no sense
   */
  constructor(limit?: number, cause?: C) {
    const given: TimeoutCause | undefined = cause;
    const time = checkTimeout(limit);
    if (
      given !== undefined &&
      given !== false &&
      typeof given !== 'string' &&
      !(given instanceof Error) &&
      !isErrorClass(given)
    ) {
      throw new TypeError(
        `Cannot throw ${given === null ? 'null' : typeof given} when the time is up: pass an error, a class of errors, a message or false`,
      );
    }
    super(typeof given === 'string' ? given : `Not done within ${time} ms`);
    this.limit = time;
    this.#cause = given;
    // The message says it; printed errors should not repeat it.
    Object.defineProperty(this, 'limit', { enumerable: false });
  }

  /** Makes a timeout and starts it, for the current greenlet. */
  static startNew<C extends TimeoutCause | undefined = undefined>(limit?: number, cause?: C): Timeout<C> {
    const timeout = new Timeout(limit, cause);
    timeout.start();
    return timeout;
  }

  /** Whether it runs. */
  get pending(): boolean {
    return this.#stopTimer !== undefined;
  }

  /**
   * Starts it, for the greenlet that runs this: it is interrupted when the time is up. Cancel it in a `finally`, or take
   * {@link run}, which does so. Outside of any greenlet there is nobody to interrupt: it goes to the uncaught hook then.
   *
   * @throws {InvalidStateError} if it runs already
   */
  start(): void {
    this.#start(currentFiber());
  }

  /** Stops it; does nothing if it does not run. */
  cancel(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    if (this.#thrown !== undefined) this.#fiber?.takeBack(this.#thrown);
    this.#fiber = undefined;
  }

  /**
   * Runs a body under this limit, and stops it afterwards, however the body ends. Only the body is interrupted, not what
   * else the greenlet does at the same time.
   *
   * @param body - gets this object, to cancel it
   * @returns what `body` returned; `undefined` when the time was up and the cause is `false`
   * @throws what this was made to throw when the time is up, by default this object
   * @throws {InvalidStateError} if it runs already
   */
  async run<T>(
    body: (timeout: this) => T | PromiseLike<T>,
  ): Promise<Awaited<T> | (false extends C ? undefined : never)> {
    const inner = new Fiber(currentClock(), currentOwner());
    const limited = async (): Promise<Awaited<T>> => {
      this.#start(inner);
      try {
        return await body(this);
      } catch (error) {
        if (this.#cause === false && error === this) return undefined as never;
        throw error;
      } finally {
        this.cancel();
      }
    };
    // Its own interruption is taken back by `cancel`; what else is left goes to the greenlet.
    return runInside(inner, limited, () => false);
  }

  #start(fiber: Fiber | undefined): void {
    if (this.pending) {
      throw new InvalidStateError(
        `Cannot start a timeout of ${this.limit} ms: it runs; cancel it first, or make another`,
      );
    }
    this.#fiber = fiber;
    this.#thrown = undefined;
    this.#stopTimer = currentClock().setTimer(this.limit, () => this.#expire());
  }

  #expire(): void {
    this.#stopTimer = undefined;
    const cause = this.#cause;
    const given = cause === undefined || cause === false || typeof cause === 'string' ? this : cause;
    this.#thrown = toError(given, 'time out', this.message);
    if (this.#fiber !== undefined) this.#fiber.interrupt(this.#thrown);
    else reportUncaught(this.#thrown, { where: 'a Timeout that was started outside of any greenlet' });
  }
}
