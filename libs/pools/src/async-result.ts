import { InvalidStateError, type WaitOptions } from '@interleave/core';
import { outcomeOf, type Future } from './future.js';
import { wait } from './wait.js';

/** Who is called when an {@link AsyncResult} is ready. */
export interface ResultCallbacks<T> {
  /** Called once with the value, if there is one. */
  readonly callback?: ((value: T) => unknown) | undefined;
  /** Called once with the error, if it failed. */
  readonly errorCallback?: ((error: unknown) => unknown) | undefined;
}

/**
 * What the methods of a `Pool` that end in `Async` return: the result of work that may not be done yet.
 *
 * It differs from a `Future` in its names, which are those of Python's `multiprocessing`, and in that it cannot be
 * cancelled: work given to a pool is stopped by stopping the pool.
 *
 * **Many readers** any number of callers may ask, before and after the end; all get the same value or the same error.
 * **Unread errors** a failure that nobody asks for is silent: no `unhandledRejection`.
 *
 * @example
 * ```ts
 * const result = pool.applyAsync(Math.pow, [2, 8]);
 * if (await result.wait({ timeout: 1_000 })) console.log(await result.get()); // 256
 * ```
 */
export class AsyncResult<T> {
  readonly #future: Future<T>;

  /** @internal A pool makes them. */
  constructor(future: Future<T>, { callback, errorCallback }: ResultCallbacks<T> = {}) {
    this.#future = future;
    if (callback === undefined && errorCallback === undefined) return;
    // By the future's own guard: a callback that throws disturbs nobody and is reported.
    future.addDoneCallback((): unknown => {
      const [ok, value] = outcomeOf(future);
      return ok ? callback?.(value as T) : errorCallback?.(value);
    });
  }

  /**
   * Waits for the value.
   *
   * @param options - `timeout`: the longest wait in milliseconds; `signal` ends the wait. The work goes on either way.
   * @throws whatever the task threw, the same object each time
   * @throws {TimeoutError} if the time runs out
   * @throws {CancelledError} if the pool was terminated, or `signal` aborts (then with its `reason`)
   * @throws {WorkerExitError} if the worker died
   */
  get(options?: WaitOptions): Promise<T> {
    return this.#future.result(options);
  }

  /**
   * Waits for the end, whether it is a value or an error.
   *
   * @param options - as for {@link AsyncResult.get}
   * @returns whether it is ready; false if the time ran out
   * @throws {CancelledError} if `signal` aborts
   */
  async wait(options: WaitOptions = {}): Promise<boolean> {
    await wait([this.#future], options);
    return this.ready();
  }

  /** Whether the work is over: a value, an error, or lost. */
  ready(): boolean {
    return this.#future.done();
  }

  /**
   * Whether the work is over without an error.
   *
   * @throws {InvalidStateError} before it is over
   */
  successful(): boolean {
    if (!this.ready()) {
      throw new InvalidStateError(`Cannot tell whether ${this.toString()} was successful: it is not ready; await it`);
    }
    return this.#future.state === 'succeeded';
  }

  /** For example `<AsyncResult "pow" running>`. */
  toString(): string {
    return this.#future.toString().replace('<Future', '<AsyncResult');
  }

  /** What `console.log` and notebooks print. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}
