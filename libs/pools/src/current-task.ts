import { AsyncLocalStorage } from 'node:async_hooks';
import { InvalidStateError } from '@interleave/core';

/** The task that runs, seen from inside. */
export interface CurrentTask {
  /** What it is called in messages. */
  readonly name: string;
  /** The worker that runs it, for instance `ThreadPoolExecutor-0_1`. */
  readonly worker: string;
  /** Aborts when the caller gave the task up: by its own signal, or because its time ran out. */
  readonly signal: AbortSignal;
  /**
   * Sends a value to the caller's `onProgress`.
   *
   * @throws {SerializationError} if it cannot travel
   */
  progress(value: unknown): void;
}

/**
 * Where the running task is kept: for coroutines one per asynchronous context, in a worker the only one that runs.
 *
 * On `globalThis` under a registered symbol, because a task may load a second copy of this lib and must still find what
 * the entry of the worker wrote.
 */
interface Place {
  readonly contexts: AsyncLocalStorage<CurrentTask>;
  only: () => CurrentTask | undefined;
}
const KEY = Symbol.for('@interleave/pools.currentTask');

function place(): Place {
  const holder = globalThis as { [KEY]?: Place };
  return (holder[KEY] ??= { contexts: new AsyncLocalStorage(), only: () => undefined });
}

/**
 * The task that is running here.
 *
 * @throws {InvalidStateError} outside of a task
 *
 * @example
 * ```ts
 * const count = (to: number) => {
 *   for (let i = 1; i <= to; i++) currentTask().progress(i);
 *   return to;
 * };
 * await pool.submitWith({ onProgress: (i: number) => console.log(i) }, count, 3).result();
 * ```
 */
export function currentTask(): CurrentTask {
  const { contexts, only } = place();
  const task = contexts.getStore() ?? only();
  if (task === undefined) throw new InvalidStateError('Cannot tell the current task: no executor runs this code');
  return task;
}

/** @internal Runs the body with a current task of its own; for tasks that share an event loop. */
export function runAsTask<R>(task: CurrentTask, body: () => R): R {
  return place().contexts.run(task, body);
}

/** @internal The task of this asynchronous context, if it shares its event loop with others. */
export function coroutineTask(): CurrentTask | undefined {
  return place().contexts.getStore();
}

/** @internal Sets who knows the current task in a worker that runs one at a time. */
export function setOnlyTask(only: () => CurrentTask | undefined): void {
  place().only = only;
}
