import type { Task } from './task.js';
import { Wait } from './wait.js';

/** @internal */
export class PromiseWait<T> extends Wait<T> {
  readonly #promise: PromiseLike<T>;

  constructor(promise: PromiseLike<T>) {
    super();
    this.#promise = promise;
  }

  override get outside(): boolean {
    return true;
  }

  arm(task: Task): void {
    this.#promise.then(
      (value) => task.wake(this, value),
      (error: unknown) => task.fail(this, error),
    );
  }

  disarm(): void {
    // Nobody can leave a promise; what it brings is not looked at any more, its error neither.
  }

  toString(): string {
    return 'a promise';
  }
}

/**
 * Makes of a promise what a task can wait for, with the type of its value: `yield promise` does the same without it.
 *
 * @param promise - a promise, or whatever has its `then`
 * @throws {TypeError} in the task, at its `yield`, if it has none
 *
 * @example
 * ```ts
 * const response = yield* promised(fetch(url));
 * ```
 */
export function promised<T>(promise: PromiseLike<T>): Wait<T> {
  return new PromiseWait(promise);
}
