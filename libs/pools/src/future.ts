/**
 * The result of work that may not have finished yet.
 *
 *                  setRunningOrNotifyCancel           setResult
 *     pending ───────────────────────────> running ──────────────> succeeded
 *        │                                    └──────────────────> failed
 *        └── cancel() ──> cancelled                  setException
 *
 * A future holds its outcome for good, so it does not matter how late somebody asks (a missed event is the classic way
 * to hang). It is deliberately not a thenable: a future can be returned from an async function, kept in a list or
 * yielded by `asCompleted` without being awaited by accident. `await future.result()` says what is meant.
 *
 * Invariant: the state leaves `pending` and `running` once, and every listener is called once, in the order added.
 */
import { AsyncResource } from 'node:async_hooks';
import { types } from 'node:util';
import {
  CancelledError,
  InvalidStateError,
  TimeoutError,
  abortError,
  checkTimeout,
  onAbort,
  reportUncaught,
  systemClock,
  throwIfAborted,
  type WaitOptions,
} from '@interleave/core';
import { fulfil } from './fulfil.js';

/** What a {@link Future} can be. The last three are final. */
export type FutureState = 'pending' | 'running' | 'cancelled' | 'failed' | 'succeeded';

/**
 * Whoever carries out the work of a future. For building executors; a future without one is settled by hand.
 */
export interface FutureOwner {
  /** Called by `cancel()` on a pending future. Takes the work back for good, or returns false because it has begun. */
  takeBack(): boolean;
  /** Whether the work has begun although nobody has told the future yet. */
  hasStarted(): boolean;
  /** Somebody waits for work that may not have begun. */
  awaited?(): void;
}

/** Takes a future of anything, so that a `Future<number>` remains a `Future<unknown>`. */
type Listener = (future: Future<unknown>) => void;

// What only this lib may do with a future. Declared here, set by the class, which alone can reach its fields.

/**
 * Calls `listener` at the end of a future, without the context and the error guard of a done-callback.
 *
 * @internal
 * @returns a function that takes the registration back
 */
export let onDone: (future: Future<unknown>, listener: () => void) => () => void;

/**
 * What came of a future that is over: whether it succeeded, and its value or its error.
 *
 * @internal
 */
export let outcomeOf: (future: Future<unknown>) => readonly [ok: boolean, value: unknown];

/**
 * Ends a future as cancelled although its work may run; for a signal that aborted.
 *
 * @internal
 * @returns false if the future was over
 */
export let cancelRunning: (future: Future<unknown>, error: CancelledError) => boolean;

/**
 * The result of work that may not have finished yet; what `submit` returns.
 *
 * **Many readers** any number of callers may ask, before and after the end; all get the same value or the same error.
 * **Unread errors** a failed future that nobody asks is silent, as in Python: no `unhandledRejection`.
 * **Cancellation** `cancel()` stops work that has not begun; work that runs goes on.
 *
 * @example
 * ```ts
 * const future = pool.submit(Math.pow, 2, 8);
 * future.addDoneCallback((done) => console.log(String(done)));
 * console.log(await future.result({ timeout: 1_000 })); // 256
 * ```
 */
export class Future<T> {
  /** What the work is called in messages; the function's name unless `submitWith` was given another. */
  readonly name: string;
  #state: FutureState = 'pending';
  /** The value, the error, or for a cancelled future its CancelledError once somebody has asked for it. */
  #outcome: unknown = undefined;
  // Most futures have one listener or none, and pools make millions of them: an array is made for the second.
  #listeners: Listener | Listener[] | undefined = undefined;
  #owner: FutureOwner | undefined;

  /**
   * @param name - for messages
   * @param owner - whoever carries out the work, asked by `cancel()` and `running()`
   */
  constructor(name = '', owner?: FutureOwner) {
    this.name = name;
    this.#owner = owner;
  }

  /** Where the work stands. */
  get state(): FutureState {
    return this.#state === 'pending' && this.#owner?.hasStarted() === true ? 'running' : this.#state;
  }

  /** Whether the work has begun and not ended. */
  running(): boolean {
    return this.state === 'running';
  }

  /** Whether it is over: succeeded, failed or cancelled. */
  done(): boolean {
    return this.#state !== 'pending' && this.#state !== 'running';
  }

  /** Whether it was cancelled. */
  cancelled(): boolean {
    return this.#state === 'cancelled';
  }

  /**
   * Waits for the value.
   *
   * A value with a `then` method arrives as it is and is not awaited.
   *
   * @param options - `timeout`: the longest wait in milliseconds; `signal` ends the wait. The work goes on either way.
   * @throws whatever the work threw, the same object each time
   * @throws {CancelledError} if the future is cancelled, or `signal` aborts (then with its `reason`)
   * @throws {TimeoutError} if the time runs out
   */
  result(options?: WaitOptions): Promise<T> {
    return this.#wait(options, (resolve, reject) => {
      if (this.#state === 'succeeded') fulfil(this.#outcome as T, resolve, reject);
      else reject(this.#error());
    });
  }

  /**
   * Waits for the end and gives the error, or `null` if the work succeeded. It is given, not thrown.
   *
   * @param options - as for {@link Future.result}
   * @throws {CancelledError} if the future is cancelled, or `signal` aborts
   * @throws {TimeoutError} if the time runs out
   */
  exception(options?: WaitOptions): Promise<unknown> {
    return this.#wait<unknown>(options, (resolve, reject) => {
      if (this.#state === 'cancelled') reject(this.#error());
      else fulfil(this.#state === 'failed' ? this.#outcome : null, resolve, reject);
    });
  }

  /**
   * Takes the work back if it has not begun.
   *
   * @returns true if the future is cancelled now (or was before); false if the work runs or is over
   */
  cancel(): boolean {
    if (this.#state === 'cancelled') return true;
    if (this.#state !== 'pending' || this.#owner?.takeBack() === false) return false;
    this.#finish('cancelled', undefined);
    return true;
  }

  /**
   * Calls `callback` with this future when it is over; at once, before returning, if it already is.
   *
   * Callbacks run in the thread that made the future, in the order added, in the `AsyncLocalStorage` context of whoever
   * added them. One that throws (or whose promise rejects) is reported to `setUncaughtHandler` and disturbs nobody.
   *
   * @throws {TypeError} if `callback` is not a function
   */
  addDoneCallback(callback: (future: Future<T>) => unknown): void {
    if (typeof callback !== 'function') {
      throw new TypeError(`Cannot add ${typeof callback} as a done-callback: pass a function`);
    }
    // Destroyed by hand means never tracked by the garbage collector, which would cost 100 times as much.
    const context = this.done() ? undefined : new AsyncResource('Future', { requireManualDestroy: true });
    this.#listen(() => {
      const report = (error: unknown): void => {
        reportUncaught(error, { where: `a done-callback of ${this.toString()}` });
      };
      try {
        const returned: unknown =
          context === undefined ? callback(this) : context.runInAsyncScope(callback, undefined, this);
        if (types.isPromise(returned)) returned.catch(report);
      } catch (error) {
        report(error);
      }
    });
  }

  /**
   * Marks the work as begun. For executors and tests, before the work starts.
   *
   * @returns true if it is running now; false if it was cancelled, and must not be begun
   * @throws {InvalidStateError} if it is running or over
   */
  setRunningOrNotifyCancel(): boolean {
    if (this.#state === 'cancelled') return false;
    if (this.#state !== 'pending') throw this.#refuse('start');
    this.#state = 'running';
    return true;
  }

  /**
   * Ends the future with a value. For executors and tests.
   *
   * @throws {InvalidStateError} if it is over
   */
  setResult(value: T): void {
    if (this.done()) throw this.#refuse('set the result of');
    this.#finish('succeeded', value);
  }

  /**
   * Ends the future with an error, which may be any value. For executors and tests.
   *
   * @throws {InvalidStateError} if it is over
   */
  setException(error: unknown): void {
    if (this.done()) throw this.#refuse('set the exception of');
    this.#finish('failed', error);
  }

  /** For example `<Future "pow" finished returned number>`. The value itself is never printed. */
  toString(): string {
    return `<Future${this.name === '' ? '' : ` "${this.name}"`} ${this.#describe()}>`;
  }

  /** What `console.log` and notebooks print. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  #describe(): string {
    switch (this.#state) {
      case 'pending':
      case 'running':
      case 'cancelled':
        return this.state;
      case 'succeeded':
        return `finished returned ${typeName(this.#outcome)}`;
      case 'failed':
        return `finished raised ${this.#outcome instanceof Error ? this.#outcome.name : typeName(this.#outcome)}`;
    }
  }

  #refuse(what: string): InvalidStateError {
    return new InvalidStateError(`Cannot ${what} ${this.toString()}: its state is ${this.#state}`);
  }

  #error(): unknown {
    if (this.#state === 'cancelled') this.#outcome ??= new CancelledError(`${this.toString()} was cancelled`);
    return this.#outcome;
  }

  #finish(state: FutureState, outcome: unknown): void {
    const listeners = this.#listeners;
    this.#state = state;
    this.#outcome = outcome;
    this.#listeners = undefined;
    this.#owner = undefined;
    if (listeners === undefined) return;
    if (typeof listeners === 'function') listeners(this);
    else for (const listener of listeners) listener(this);
  }

  #listen(listener: Listener): void {
    if (this.done()) listener(this);
    else if (this.#listeners === undefined) this.#listeners = listener;
    else if (typeof this.#listeners === 'function') this.#listeners = [this.#listeners, listener];
    else this.#listeners.push(listener);
  }

  #leave(listener: Listener): void {
    if (this.#listeners === listener) this.#listeners = undefined;
    else if (Array.isArray(this.#listeners)) {
      const at = this.#listeners.indexOf(listener);
      if (at >= 0) this.#listeners.splice(at, 1);
    }
  }

  // Not an async function: those look for a `then` method once more when they return.
  #wait<V>(
    options: WaitOptions | undefined,
    deliver: (resolve: (value: V) => void, reject: (error: unknown) => void) => void,
  ): Promise<V> {
    return new Promise<V>((resolve, reject) => {
      const { timeout, signal } = options ?? {};
      this.#owner?.awaited?.();
      if (timeout === undefined && signal === undefined) {
        this.#listen(() => deliver(resolve, reject));
        return;
      }
      const what = `wait for ${this.toString()}`;
      const limit = checkTimeout(timeout);
      throwIfAborted(signal, what);
      let stopTimer = (): void => {};
      let stopSignal = (): void => {};
      const listener = (): void => {
        stopTimer();
        stopSignal();
        deliver(resolve, reject);
      };
      this.#listen(listener);
      if (this.done()) return;
      stopTimer = systemClock.setTimer(limit, () => {
        stopSignal();
        this.#leave(listener);
        reject(new TimeoutError(`Cannot ${what}: not done within ${limit} ms`));
      });
      if (signal !== undefined) {
        stopSignal = onAbort(signal, () => {
          stopTimer();
          this.#leave(listener);
          reject(abortError(signal, what));
        });
      }
    });
  }

  static {
    onDone = (future, listener) => {
      future.#owner?.awaited?.();
      future.#listen(listener);
      return () => future.#leave(listener);
    };
    outcomeOf = (future) => [future.#state === 'succeeded', future.#error()];
    cancelRunning = (future, error) => {
      if (future.done()) return false;
      future.#finish('cancelled', error);
      return true;
    };
  }
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value !== 'object') return typeof value;
  return (Object.getPrototypeOf(value) as { constructor?: { name?: string } } | null)?.constructor?.name ?? 'object';
}
