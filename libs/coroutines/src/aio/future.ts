/**
 * What will be there later: the base of a task, and what `gather` and `shield` give.
 *
 *     pending ──> succeeded
 *            ├──> failed
 *            └──> cancelled
 *
 * Unlike the `Future` of `pools`, it can be awaited as it is, as in asyncio: it is always of this event loop.
 *
 * Invariant: it leaves `pending` once, and every listener is called once, in the order added.
 */
import { AsyncResource } from 'node:async_hooks';
import { types } from 'node:util';
import { CancelledError, InvalidStateError, reportUncaught } from '@interleave/core';
import { currentFiber, type Fiber, type Parked } from '../fiber.js';

type FutureState = 'pending' | 'succeeded' | 'failed' | 'cancelled';
type Listener = (future: Future<unknown>) => void;

// What only this lib may do with a future. Declared here, set by the class, which alone can reach its fields.

/**
 * Ends a future; does nothing if it is over.
 *
 * @internal
 */
export let settle: (future: Future<unknown>, state: Exclude<FutureState, 'pending'>, outcome: unknown) => void;

/**
 * Calls `listener` at the end of a future; at once if it is over.
 *
 * @internal
 * @returns a function that takes the registration back
 */
export let onDone: (future: Future<unknown>, listener: () => void) => () => void;

/**
 * Why a future that is over has no value; `undefined` if it has one. Counts as asking.
 *
 * @internal
 */
export let failureOf: (future: Future<unknown>) => { readonly error: unknown } | undefined;

/**
 * A value that is not there yet, on this event loop; `await` gives it.
 *
 * **Many readers** any number may await it, before and after the end; all get the same value or the same error.
 * **Cancellation** a task that is cancelled while it awaits a future passes that on: the future is cancelled, and the task
 * goes on when the future has ended. `shield` is against that.
 *
 * @example
 * ```ts
 * const pages = aio.gather(download(a), download(b));
 * pages.cancel('changed my mind');
 * ```
 */
export class Future<T> implements PromiseLike<T> {
  /** For messages. */
  readonly name: string;
  #state: FutureState = 'pending';
  /** The value or the error. */
  #outcome: unknown = undefined;
  #listeners: Listener[] | undefined = undefined;

  /** @internal */
  constructor(name: string) {
    this.name = name;
  }

  /** Whether it is over: with a value, with an error, or cancelled. */
  done(): boolean {
    return this.#state !== 'pending';
  }

  /** Whether it was cancelled, and ended by that. */
  cancelled(): boolean {
    return this.#state === 'cancelled';
  }

  /**
   * The value, if it is there.
   *
   * @throws what the work threw; `CancelledError` if it was cancelled
   * @throws {InvalidStateError} if it is not over; `await` waits for it
   */
  result(): T {
    const failure = this.#over('give the result');
    if (failure !== undefined) throw failure.error;
    return this.#outcome as T;
  }

  /**
   * The error, or `null` if there is a value. It is given, not thrown.
   *
   * @throws {CancelledError} if it was cancelled
   * @throws {InvalidStateError} if it is not over
   */
  exception(): unknown {
    const failure = this.#over('give the exception');
    if (this.#state === 'cancelled') throw failure?.error;
    return failure === undefined ? null : failure.error;
  }

  /**
   * Asks it to stop.
   *
   * @param reason - comes back as `reason` of the `CancelledError`
   * @returns false if it is over
   */
  cancel(reason?: unknown): boolean {
    if (this.done()) return false;
    return this.cancelWith(new CancelledError(`${this.called()} was cancelled`, { reason }));
  }

  /** @internal As {@link cancel}, with an error that is there already. */
  cancelWith(error: CancelledError): boolean {
    if (this.done()) return false;
    this.#finish('cancelled', error);
    return true;
  }

  /**
   * Calls `callback` with this future when it is over; at once, before returning, if it already is.
   *
   * Callbacks run in the order added, in the `AsyncLocalStorage` context of whoever added them. One that throws (or whose
   * promise rejects) is reported to `setUncaughtHandler` and disturbs nobody.
   *
   * @returns a function that takes the callback back
   * @throws {TypeError} if `callback` is not a function
   */
  addDoneCallback(callback: (future: this) => unknown): () => void {
    if (typeof callback !== 'function') {
      throw new TypeError(`Cannot add ${typeof callback} as a done-callback: pass a function`);
    }
    const context = new AsyncResource('Future', { requireManualDestroy: true });
    return onDone(this, () => {
      const report = (error: unknown): void => {
        reportUncaught(error, { where: `a done-callback of ${this.called()}` });
      };
      try {
        const returned: unknown = context.runInAsyncScope(callback, undefined, this);
        if (types.isPromise(returned)) returned.catch(report);
      } catch (error) {
        report(error);
      }
    });
  }

  /** What `await` calls. In a task, this is a place where a cancellation arrives, unless the future is over. */
  then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#wait().then(onFulfilled, onRejected);
  }

  /** For example `<Task "download" pending>`. The value itself is never printed. */
  toString(): string {
    return `<${this.called()} ${this.describe()}>`;
  }

  /** What `console.log` and notebooks print. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  /** @internal */
  protected called(): string {
    return this.name === '' ? 'Future' : `Future ${JSON.stringify(this.name)}`;
  }

  /** @internal Where it stands, for people. */
  protected describe(): string {
    if (this.#state !== 'failed') return this.#state;
    return `failed with ${this.#outcome instanceof Error ? this.#outcome.name : typeof this.#outcome}`;
  }

  /** @internal Somebody learns the outcome. */
  protected asked(): void {}

  /** @internal Whether `fiber` would wait for itself here. */
  protected isRunBy(_fiber: Fiber): boolean {
    return false;
  }

  #wait(): Promise<T> {
    this.asked();
    if (this.#state === 'succeeded') return Promise.resolve(this.#outcome as T);
    if (this.#state !== 'pending') return Promise.reject(this.#outcome);
    return new Promise<T>((resolve, reject) => {
      const fiber = currentFiber();
      if (fiber !== undefined && this.isRunBy(fiber)) {
        throw new InvalidStateError(`Cannot wait for ${this.called()} inside itself: it would never end`);
      }
      const deliver = (): void => {
        fiber?.leave(wait);
        if (this.#state === 'succeeded') resolve(this.#outcome as T);
        else reject(this.#outcome);
      };
      const wait: Parked = {
        fail: (error) => {
          // Who is cancelled while it waits passes that on, and goes on when this one has ended.
          if (error instanceof CancelledError) return this.cancelWith(error);
          fiber?.leave(wait);
          this.#leave(deliver);
          reject(error);
          return true;
        },
      };
      this.#listen(deliver);
      if (fiber === undefined) return;
      fiber.enter(wait);
      const interruption = fiber.arrived();
      if (interruption !== undefined) wait.fail(interruption.error);
    });
  }

  #over(what: string): { readonly error: unknown } | undefined {
    if (this.#state === 'pending') {
      throw new InvalidStateError(`Cannot ${what} of ${this.called()}: it is not done; await it first`);
    }
    this.asked();
    return this.#state === 'succeeded' ? undefined : { error: this.#outcome };
  }

  #finish(state: FutureState, outcome: unknown): void {
    const listeners = this.#listeners;
    this.#state = state;
    this.#outcome = outcome;
    this.#listeners = undefined;
    if (listeners !== undefined) for (const listener of listeners) listener(this);
  }

  #listen(listener: Listener): void {
    if (this.done()) listener(this);
    else if (this.#listeners === undefined) this.#listeners = [listener];
    else this.#listeners.push(listener);
  }

  #leave(listener: Listener): void {
    const at = this.#listeners?.indexOf(listener) ?? -1;
    if (at >= 0) this.#listeners?.splice(at, 1);
  }

  static {
    settle = (future, state, outcome) => {
      if (!future.done()) future.#finish(state, outcome);
    };
    onDone = (future, listener) => {
      future.#listen(listener);
      return () => future.#leave(listener);
    };
    failureOf = (future) => future.#over('tell the failure');
  }
}
