import { abortError, onAbort, throwIfAborted, type Clock } from '@interleave/core';
import { Task, checkBody } from './task.js';
import { runBegins, runEnds } from './thread-pool.js';
import { reportFailuresOf } from './unawaited.js';

/** Options of {@link run}. */
export interface RunOptions {
  /** Whose time the tasks wait by. Default: that of the current task, or the event loop's. */
  readonly clock?: Clock | undefined;
  /** Cancels `main` when it aborts, with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs `main` as a task, with all that it starts, and leaves nothing running.
 *
 * When `main` is over, tasks that are not are cancelled, and waited for; those that they start meanwhile, too. Then the
 * outcome of `main` comes out. The threads of `toThread` end with the last run. Failures that nobody awaited are reported to `setUncaughtHandler`.
 *
 * @param main - an async function
 * @returns what `main` returned
 * @throws what `main` threw; `CancelledError` if it was cancelled
 * @throws {TypeError} if `main` is not a function
 *
 * @example
 * ```ts
 * await aio.run(async () => {
 *   const [a, b] = await aio.gather(aio.spawn(download, first), aio.spawn(download, second));
 * });
 * ```
 */
export async function run<T>(main: () => T | PromiseLike<T>, options: RunOptions = {}): Promise<T> {
  checkBody(main, 'run');
  const { clock, signal } = options;
  throwIfAborted(signal, 'run');
  const household = new Set<Task<unknown>>();
  runBegins();
  const task = new Task(main, { clock, household }, main.name === '' ? 'main' : main.name);
  const leave = signal && onAbort(signal, () => task.cancelWith(abortError(signal, 'run')));
  try {
    return await task;
  } finally {
    leave?.();
    await endAll(household);
    reportFailuresOf(household);
    await runEnds();
  }
}

/** Cancels what is left, again as long as somebody starts more. */
async function endAll(household: Set<Task<unknown>>): Promise<void> {
  while (household.size > 0) {
    const left = [...household];
    for (const task of left) task.cancel('the run is over');
    // Each ends by itself; one that refuses to stop is waited for.
    await Promise.all(left.map((task) => new Promise<void>((resolve) => task.addDoneCallback(() => resolve()))));
  }
}
