import type { TaskLike } from '@interleave/transfer';
import type { Future } from './future.js';

/** Options that every executor has. */
export interface ExecutorOptions {
  /** How many tasks may run at once; an integer from 1. */
  readonly maxWorkers?: number | undefined;
  /** Runs once in each worker before its first task. */
  readonly initializer?: TaskLike | undefined;
  /** Arguments of the initializer. */
  readonly initArgs?: readonly unknown[] | undefined;
  /** How many tasks may wait for a worker before `submit` refuses; an integer from 0. Default: no limit. */
  readonly maxQueue?: number | undefined;
}

/** Settings of one task. */
export interface SubmitOptions {
  /**
   * Cancels the task: a waiting one leaves the queue, a running one is told by `currentTask().signal`. Either way its
   * future is cancelled at once, with the signal's reason.
   */
  readonly signal?: AbortSignal | undefined;
  /**
   * The longest the task may run, in milliseconds, counted from its start and not from the submit. Afterwards its
   * future fails with a `TimeoutError`, and a worker that does not come back is replaced.
   */
  readonly timeout?: number | undefined;
  /** Tasks of a higher priority run first; equal ones in the order of submission. Any finite number; default 0. */
  readonly priority?: number | undefined;
  /** Objects that are moved instead of copied, such as an `ArrayBuffer`; they are gone here when submit returns. */
  readonly transfer?: readonly object[] | undefined;
  /** What the task is called in messages and traces. Default: the function's name. */
  readonly name?: string | undefined;
  /** Receives what the task reports by `currentTask().progress(value)`. */
  readonly onProgress?: ((value: never) => void) | undefined;
}

/** Settings of one streaming task. */
export interface StreamOptions extends SubmitOptions {
  /** How many values may be on their way or unread before the task has to wait; an integer from 1 to 2^20. Default 16. */
  readonly bufferSize?: number | undefined;
}

/** Options of {@link Executor.map}. */
export interface MapOptions {
  /** The longest wait for all results, in milliseconds, counted from the call. */
  readonly timeout?: number | undefined;
  /**
   * How many items travel together; an integer from 1. More is faster for very short tasks. `'auto'` makes about four
   * chunks for each worker; of an iterable that does not tell its length the chunks grow on the way. Default 1.
   */
  readonly chunkSize?: number | 'auto' | undefined;
  /** How many chunks may be ahead of the results that were taken; an integer from 1. Default: all at once. */
  readonly bufferSize?: number | undefined;
  /** Cancels what has not finished and ends the iteration. */
  readonly signal?: AbortSignal | undefined;
}

/** What an executor has done and is doing; a chunk of a `map` counts as one task. */
export interface ExecutorStats {
  /** How many tasks were accepted; the sum of the next five. */
  readonly submitted: number;
  /** Accepted, and not begun. */
  readonly waiting: number;
  /** At work in this moment. */
  readonly running: number;
  readonly succeeded: number;
  /** The task threw, could not travel, ran out of time, or was lost with its worker. */
  readonly failed: number;
  readonly cancelled: number;
  /** How many workers there are now; coroutines have as many as may run at once. */
  readonly workers: number;
  /**
   * Milliseconds that tasks have run, all workers together, as far as they have answered. Divided by `workers` and the time
   * since the start, it tells how busy they were; divided by the number of tasks, how long one takes.
   */
  readonly runTime: number;
}

/** Options of {@link Executor.shutdown}. */
export interface ShutdownOptions {
  /** Whether the promise waits until all tasks are done and all workers gone. Default true. */
  readonly wait?: boolean | undefined;
  /** Whether tasks that have not begun are cancelled. Default false. */
  readonly cancelFutures?: boolean | undefined;
}

/** The tuple of item types for the tuple of iterables given to {@link Executor.mapN}. */
export type IterablesOf<A extends unknown[]> = { [K in keyof A]: Iterable<A[K]> };

/**
 * Runs functions somewhere else, and gives a {@link Future} for each. Coroutines, threads and processes have the same
 * interface; moving between them is one changed line.
 *
 * **Order** tasks begin in the order of submission, within their priority.
 * **Fairness** a worker runs one task at a time; a long task never holds back others while a worker is free.
 * **Loss** when a worker dies, every unfinished future fails with a `BrokenExecutorError`, and later submits too.
 */
export interface Executor {
  /** For messages and traces, for instance `ThreadPoolExecutor-0`. */
  readonly name: string;
  /** How many tasks may run at once. */
  readonly maxWorkers: number;
  /**
   * Runs `task(...args)`. Arguments are copied when the task is sent, at the latest when a worker becomes free: do not
   * change an object after submitting it.
   *
   * @throws {TypeError} if `task` is neither a function nor a `Task`
   * @throws {ShutdownError} after `shutdown()`
   * @throws {BrokenExecutorError} after a worker was lost
   * @throws {QueueFullError} if `maxQueue` tasks wait already
   * @returns a future; it fails with a `SerializationError` if the task or an argument cannot travel
   */
  submit<A extends unknown[], R>(task: TaskLike<A, R>, ...args: A): Future<Awaited<R>>;
  /** The same with settings for this one task. */
  submitWith<A extends unknown[], R>(options: SubmitOptions, task: TaskLike<A, R>, ...args: A): Future<Awaited<R>>;
  /**
   * Runs `task(item)` for each item and yields the results in the order of the items. All tasks are submitted at the
   * call, unless `bufferSize` says otherwise. A step whose task failed rejects, and the next step goes on with the next
   * item. Leaving the loop cancels what has not begun.
   *
   * @throws {TypeError | RangeError} for bad options, and what `submit` throws, at the call
   */
  map<T, R>(task: TaskLike<[T], R>, items: Iterable<T>, options?: MapOptions): AsyncIterableIterator<Awaited<R>>;
  /** The same with several iterables: `task(a, b)` for each pair, as far as the shortest goes. */
  mapN<A extends unknown[], R>(
    task: TaskLike<A, R>,
    iterables: readonly [...IterablesOf<A>],
    options?: MapOptions,
  ): AsyncIterableIterator<Awaited<R>>;
  /**
   * Runs a generator function and yields its values as they come, in their order. A task that is faster than its reader
   * waits. After the last value the error of the task is thrown, if there is one; leaving the loop closes the generator.
   *
   * @throws what `submit` throws, at the call
   *
   * @example
   * ```ts
   * const lines = function* (text: string) { for (const line of text.split('\n')) yield line.trim(); };
   * for await (const line of pool.stream(lines, page)) console.log(line);
   * ```
   */
  stream<A extends unknown[], R>(
    task: TaskLike<A, AsyncIterable<R> | Iterable<R>>,
    ...args: A
  ): AsyncIterableIterator<Awaited<R>>;
  /** The same with settings for this one task. */
  streamWith<A extends unknown[], R>(
    options: StreamOptions,
    task: TaskLike<A, AsyncIterable<R> | Iterable<R>>,
    ...args: A
  ): AsyncIterableIterator<Awaited<R>>;
  /** Figures for a dashboard or a log line; costs some microseconds. */
  stats(): ExecutorStats;
  /** Takes no more tasks; what was submitted still runs. May be called again. */
  shutdown(options?: ShutdownOptions): Promise<void>;
  /** Ends all workers at once; their tasks fail with a `BrokenExecutorError`. Takes no more tasks. */
  terminateWorkers(): Promise<void>;
  /** The same by SIGKILL. */
  killWorkers(): Promise<void>;
  /** Hears of errors that belong to no task, such as a stray timer that throws in a worker. */
  on(event: 'error', listener: (error: unknown) => void): this;
  /** Takes a listener back. */
  off(event: 'error', listener: (error: unknown) => void): this;
  /** `shutdown()`; what `await using` and `scoped` call. */
  [Symbol.asyncDispose](): Promise<void>;
}
