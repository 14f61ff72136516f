import { CancelledError, currentOwner, InvalidStateError, TaskGroupError } from '@interleave/core';
import { currentFiber, currentClock, Fiber } from '../fiber.js';
import { park, type Wakers } from '../park.js';
import { runInside } from '../run-inside.js';
import { failureOf, onDone } from './future.js';
import { checkBody, Task, type TaskBody, type TaskOptions } from './task.js';

/** The error by which a group stops its own body, and nobody else's. */
class GroupFailed extends CancelledError {}

/**
 * Tasks that end together: nobody leaves the group before all have ended, and when one fails the others are cancelled.
 *
 *     run(body) ──> body ──────────────> wait for the children ──> the body's value
 *                    └ spawn ─> child ─┘        one failed: cancel all, wait, TaskGroupError
 *
 * **Errors** of the children, and of the body, come out together as a `TaskGroupError`, in the order in which they
 * occurred; also if it is only one. A child that somebody cancels is no error.
 * **Cancellation** of the task that runs the group cancels all its children; when they have ended, the cancellation comes out,
 * unless there were errors.
 *
 * @example
 * ```ts
 * const pages = await new aio.TaskGroup().run(async (group) => {
 *   const a = group.spawn(download, first);
 *   const b = group.spawn(download, second);
 *   return [await a, await b];
 * });
 * ```
 */
export class TaskGroup {
  #state: 'created' | 'entered' | 'finished' = 'created';
  /** Those that are not over. */
  readonly #children = new Set<Task<unknown>>();
  readonly #errors: unknown[] = [];
  #body: Fiber | undefined;
  #bodyRuns = false;
  #stopping = false;
  /** What cancels the children, and the body. */
  #failed: GroupFailed | undefined;
  #lastToGo: Wakers<void> | undefined;

  /**
   * Runs `body`, and waits for all that it has started.
   *
   * @param body - called with the group
   * @returns what `body` returned
   * @throws {TaskGroupError} if children failed, or the body did; `errors` holds all of them
   * @throws {CancelledError} if the task around was cancelled
   * @throws {InvalidStateError} if it was run before
   */
  async run<T>(body: (group: this) => T | PromiseLike<T>): Promise<Awaited<T>> {
    if (this.#state !== 'created') {
      throw new InvalidStateError('Cannot run a TaskGroup that was entered before: make a new one');
    }
    checkBody(body, 'run a TaskGroup with');
    this.#state = 'entered';
    this.#body = new Fiber(currentClock(), currentOwner());
    this.#bodyRuns = true;
    let value: { readonly of: Awaited<T> } | undefined;
    let cancelled: { readonly by: unknown } | undefined;
    try {
      value = {
        of: await runInside(
          this.#body,
          () => body(this),
          (error) => error === this.#failed,
        ),
      };
    } catch (error) {
      if (error instanceof CancelledError) {
        if (error !== this.#failed) cancelled = { by: error };
      } else this.#note(error);
      this.#bodyRuns = false;
      this.#stop(error instanceof CancelledError ? error : undefined);
    }
    this.#bodyRuns = false;
    while (this.#children.size > 0) {
      try {
        await this.#allGone();
      } catch (error) {
        // The task around was interrupted. The children come first.
        cancelled ??= { by: error };
        this.#stop(error instanceof CancelledError ? error : undefined);
      }
    }
    this.#state = 'finished';
    if (this.#errors.length > 0) {
      // The errors come out, and the cancellation is not lost: it arrives at the next wait.
      if (cancelled !== undefined) currentFiber()?.interrupt(cancelled.by);
      throw new TaskGroupError(this.#errors, this.#describe());
    }
    if (cancelled !== undefined) throw cancelled.by;
    return value!.of;
  }

  /**
   * Starts a function as a task of the group. While the group is being stopped, the task is cancelled before it begins.
   *
   * @throws {InvalidStateError} before the group was entered, and after it has ended
   * @throws {TypeError} if `body` is not a function
   */
  spawn<A extends readonly unknown[], R>(body: TaskBody<A, R>, ...args: A): Task<R> {
    return this.spawnWith({}, body, ...args);
  }

  /** As {@link spawn}, with a name. */
  spawnWith<A extends readonly unknown[], R>(options: TaskOptions, body: TaskBody<A, R>, ...args: A): Task<R> {
    checkBody(body, 'spawn');
    if (this.#state !== 'entered') {
      const why = this.#state === 'created' ? 'it was not entered; call run(body)' : 'it has ended';
      throw new InvalidStateError(`Cannot spawn ${body.name === '' ? 'a task' : body.name} in a TaskGroup: ${why}`);
    }
    const child = new Task(() => body(...args), options, body.name);
    this.#children.add(child);
    onDone(child, () => this.#ended(child));
    if (this.#stopping) child.cancelWith(this.#failed ?? new CancelledError('The TaskGroup is being cancelled'));
    return child;
  }

  toString(): string {
    const failures = this.#errors.length === 0 ? '' : `, ${this.#errors.length} failed`;
    return `<TaskGroup ${this.#state}, ${this.#children.size} running${failures}>`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  #ended(child: Task<unknown>): void {
    this.#children.delete(child);
    const failure = failureOf(child);
    if (failure !== undefined && !child.cancelled()) {
      this.#note(failure.error);
      this.#stop(undefined);
    }
    if (this.#children.size === 0) this.#lastToGo?.wake();
  }

  /** Who awaited a child that failed has the same error, which happened once. */
  #note(error: unknown): void {
    if (!this.#errors.includes(error)) this.#errors.push(error);
  }

  /** Cancels the children, and the body if it still runs; once. */
  #stop(because: CancelledError | undefined): void {
    if (this.#stopping) return;
    this.#stopping = true;
    this.#failed = new GroupFailed('Cancelled by its TaskGroup: another task of it failed', { reason: this });
    for (const child of [...this.#children]) child.cancelWith(because ?? this.#failed);
    if (!this.#bodyRuns) return;
    // A cancellation from outside that has not arrived yet counts for more.
    const before = this.#body!.arrived();
    this.#body!.interrupt(before === undefined ? this.#failed : before.error);
  }

  #allGone(): Promise<void> {
    return park<void>('leave a TaskGroup', (wakers) => {
      this.#lastToGo = wakers;
      return undefined;
    });
  }

  #describe(): string {
    const first = this.#errors[0];
    const text = first instanceof Error ? `${first.name}: ${first.message}` : String(first);
    const count = this.#errors.length === 1 ? 'a task' : `${this.#errors.length} tasks`;
    return `Cannot finish the TaskGroup: ${count} failed; first ${text}`;
  }
}
