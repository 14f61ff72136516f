import { CancelledError, asOwner, isCurrentOwner, currentOwner, type Clock, type Owner } from '@interleave/core';
import { Fiber, currentClock } from '../fiber.js';
import { turnsOf } from '../turns.js';
import { isPromiseLike } from './is-promise-like.js';
import { Future, settle } from './future.js';
import { forgetFailure, rememberFailure, type UnawaitedFailure } from './unawaited.js';

/** What a task runs. */
export type TaskBody<A extends readonly unknown[], R> = (...args: A) => R | PromiseLike<R>;

/** Options of a new {@link Task}. */
export interface TaskOptions {
  /** What it is called in messages. Default: the function's name, or `Task-1` and so on. */
  readonly name?: string | undefined;
}

/** @internal What `run` adds to that. */
export interface TaskPlace extends TaskOptions {
  readonly clock?: Clock | undefined;
  /** Where it is listed while it is not over. Default: where the task that makes it is. */
  readonly household?: Set<Task<unknown>> | undefined;
}

let count = 0;

/** The fiber of a task; it knows which. */
class TaskFiber extends Fiber {
  readonly task: Task<unknown>;

  constructor(task: Task<unknown>, clock: Clock) {
    super(clock);
    this.task = task;
  }
}

/**
 * An async function that runs beside others, and can be cancelled; made by {@link spawn} and by a `TaskGroup`.
 *
 * **Start** in the next turn, after the code that made it has come to its next `await`.
 * **Cancellation** is asked for, not forced: `cancel()` throws a `CancelledError` where the task waits, or at its next wait. It
 * may clean up, and it may refuse. Only the waits of this package hear of it, not those of foreign promises; wrap these with
 * `cancellable`.
 * **Unread errors** a failed task that nobody awaits is reported to `setUncaughtHandler`, once, at the end of its `run`; never
 * as `unhandledRejection`.
 * **Ownership** a task holds its own `RLock`s, whoever made it.
 *
 * @example
 * ```ts
 * const task = aio.spawn(download, url);
 * task.cancel('not needed');
 * await task; // CancelledError: its reason is 'not needed'
 * ```
 */
export class Task<T> extends Future<T> {
  readonly #fiber: Fiber;
  readonly #household: Set<Task<unknown>> | undefined;
  #cancelling = 0;
  #awaited = false;
  #unawaited: UnawaitedFailure | undefined = undefined;

  /** @internal */
  constructor(body: () => T | PromiseLike<T>, place: TaskPlace, name: string) {
    count += 1;
    super(place.name ?? (name === '' ? `Task-${count}` : name));
    const around = currentTask();
    this.#household = place.household ?? (around === undefined ? undefined : around.#household);
    this.#household?.add(this);
    this.#fiber = new TaskFiber(this, place.clock ?? currentClock());
    const { clock } = this.#fiber;
    // Begun behind a promise, so that it has the caller's `AsyncLocalStorage` context.
    asOwner(
      this.#fiber,
      () =>
        void turnsOf(clock)
          .wait()
          .then(() => this.#begin(body)),
    );
  }

  /**
   * Asks the task to stop: a `CancelledError` is thrown where it waits; if it has not begun, it never does.
   *
   * The task may catch it and go on; it is cancelled if the error comes out. One that does not wait, or waits for a foreign
   * promise, goes on until its next wait.
   *
   * @param reason - comes back as `reason` of the `CancelledError`
   * @returns false if it is over
   */
  override cancel(reason?: unknown): boolean {
    return super.cancel(reason);
  }

  /** @internal */
  override cancelWith(error: CancelledError): boolean {
    if (this.done()) return false;
    this.#cancelling += 1;
    this.#fiber.interrupt(error);
    return true;
  }

  /** How often it was asked to stop, less what `uncancel` took back. */
  cancelling(): number {
    return this.#cancelling;
  }

  /**
   * Takes one request to stop back, for code that has dealt with it. With the last one, a cancellation that has not arrived
   * is forgotten.
   *
   * @returns how many are left
   */
  uncancel(): number {
    if (this.#cancelling > 0) this.#cancelling -= 1;
    if (this.#cancelling === 0) {
      const pending = this.#fiber.arrived();
      if (pending !== undefined && !(pending.error instanceof CancelledError)) this.#fiber.interrupt(pending.error);
    }
    return this.#cancelling;
  }

  /** @internal */
  protected override called(): string {
    return `Task ${JSON.stringify(this.name)}`;
  }

  /** @internal */
  protected override asked(): void {
    if (this.#unawaited !== undefined) forgetFailure(this.#unawaited);
    this.#unawaited = undefined;
    this.#awaited = true;
  }

  /** @internal */
  protected override isRunBy(): boolean {
    return isCurrentOwner(this.#fiber);
  }

  /** Not an async function, nor with `await`: each costs a promise more, and tasks are many. */
  #begin(body: () => T | PromiseLike<T>): void {
    const interruption = this.#fiber.arrived();
    if (interruption !== undefined) return this.#fail(interruption.error);
    try {
      const value = body();
      if (isPromiseLike(value)) {
        value.then(
          (result) => this.#succeed(result),
          (error: unknown) => this.#fail(error),
        );
      } else this.#succeed(value);
    } catch (error) {
      this.#fail(error);
    }
  }

  #succeed(value: unknown): void {
    this.#household?.delete(this);
    settle(this, 'succeeded', value);
  }

  #fail(error: unknown): void {
    this.#household?.delete(this);
    const cancelled = error instanceof CancelledError;
    if (!cancelled && !this.#awaited) {
      this.#unawaited = { error, where: this.called(), household: this.#household };
      rememberFailure(this, this.#unawaited);
    }
    settle(this, cancelled ? 'cancelled' : 'failed', error);
  }
}

/**
 * Starts a function as a task. It begins in the next turn.
 *
 * @param body - an async function, or a plain one
 * @param args - what it is called with
 * @throws {TypeError} if `body` is not a function
 *
 * @example
 * ```ts
 * const task = aio.spawn(download, url);
 * console.log(await task);
 * ```
 */
export function spawn<A extends readonly unknown[], R>(body: TaskBody<A, R>, ...args: A): Task<R> {
  return spawnWith({}, body, ...args);
}

/** As {@link spawn}, with a name. */
export function spawnWith<A extends readonly unknown[], R>(
  options: TaskOptions,
  body: TaskBody<A, R>,
  ...args: A
): Task<R> {
  checkBody(body, 'spawn');
  return new Task(() => body(...args), options, body.name);
}

/**
 * The task that the running code belongs to; `undefined` outside of any.
 *
 * @example
 * ```ts
 * console.log(aio.currentTask()?.name);
 * ```
 */
export function currentTask(): Task<unknown> | undefined {
  for (let each: Owner | undefined = currentOwner(); each !== undefined; each = each.outer) {
    if (each instanceof TaskFiber) return each.task;
  }
  return undefined;
}

/** @internal */
export function checkBody(body: unknown, what: string): void {
  if (typeof body === 'function') return;
  throw new TypeError(`Cannot ${what} ${body === null ? 'null' : typeof body}: pass a function, and not its call`);
}
