import type { Task } from './task.js';

/**
 * Something that a task can wait for: what its body may `yield`.
 *
 * `yield* wait` gives what was waited for, with its type; `yield wait` is the same where nothing comes back. A task that
 * is woken takes its turn behind those that are ready already.
 *
 * To make one of your own, arrange in `arm` that somebody calls `task.wake(this, value)` or `task.fail(this, error)`.
 * Both are false if the task does not wait for it any more; what could not be handed over goes to the next then.
 *
 * @example
 * ```ts
 * class Click extends Wait<MouseEvent> {
 *   arm(task: Task): void {
 *     button.once('click', (event) => task.wake(this, event));
 *   }
 *   disarm(): void {}
 *   toString(): string {
 *     return 'a click';
 *   }
 * }
 * const event = yield* new Click();
 * ```
 */
export abstract class Wait<T = unknown> {
  /**
   * Whether it is ended by something that the scheduler knows nothing of: a promise, a socket. Nobody then calls it a
   * deadlock if all tasks wait for such things.
   */
  get outside(): boolean {
    return false;
  }

  /** Begins the wait of a task. What it throws is thrown into the task, at its `yield`. */
  abstract arm(task: Task): void;

  /** Ends the wait of a task that was interrupted: takes out again what `arm` has registered. */
  abstract disarm(task: Task): void;

  /** What is waited for, for messages: `task "a"` in `"b" waits for task "a"`. */
  abstract toString(): string;

  /** For `yield*`: hands the wait to the scheduler, and what the scheduler answers to the body. */
  [Symbol.iterator](): Iterator<Wait<T>, T> {
    return new Once(this);
  }
}

/** A generator of one step would do the same, and cost three times as much. */
class Once<T> implements Iterator<Wait<T>, T> {
  readonly #wait: Wait<T>;
  #asked = false;

  constructor(wait: Wait<T>) {
    this.#wait = wait;
  }

  next(answer?: unknown): IteratorResult<Wait<T>, T> {
    if (this.#asked) return { done: true, value: answer as T };
    this.#asked = true;
    return { done: false, value: this.#wait };
  }

  throw(error: unknown): never {
    throw error;
  }

  return(value: T): IteratorResult<Wait<T>, T> {
    return { done: true, value };
  }
}
