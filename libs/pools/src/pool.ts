import { InvalidStateError } from '@interleave/core';
import type { TaskLike } from '@interleave/transfer';
import { cpuCount } from '@interleave/workers';
import { AsyncResult, type ResultCallbacks } from './async-result.js';
import { checkInteger } from './check-integer.js';
import { checkTask } from './check-task.js';
import { submitChunk, type Ahead, type Submit } from './chunk-feed.js';
import { chunkSizes, knownLength } from './chunk-sizes.js';
import { executorName } from './executor-name.js';
import type { ExecutorStats, MapOptions } from './executor.js';
import type { Future } from './future.js';
import { gather } from './gather.js';
import { mapOver } from './map.js';
import { PoolCrew } from './pool-crew.js';
import type { ChunkOptions, MapAsyncOptions, PoolOptions } from './pool-options.js';
import { watchUnclosed } from './unclosed.js';
import { walk } from './walk.js';
import { checkWorkerPoolOptions } from './worker-pool-options.js';

/**
 * A fixed number of workers for lists of work, as Python's `multiprocessing.Pool`.
 *
 * Use it to run one function over many items, and for work that must go on when a worker dies. For single tasks that
 * you want to cancel, limit or prioritize, prefer a `ThreadPoolExecutor` or a `ProcessPoolExecutor`.
 *
 *                     wait for it               by callback              as they come
 *     one call        apply                     applyAsync
 *     a list          map, starmap              mapAsync, starmapAsync   imap, imapUnordered
 *
 * **Start** all workers start at once, in the constructor; await {@link Pool.ready} to know them at work.
 * **Chunks** `map` and `starmap` send items many at a time; an item that fails takes no other along.
 * **Loss** when a worker dies, what it was doing (a call, or a whole chunk) fails with a `WorkerExitError`; the rest runs
 * in the others, and a new worker takes its place. If none can be started, after some tries, the pool breaks: what is
 * unfinished and later calls fail with a `BrokenExecutorError`.
 * **End** {@link Pool.close} and {@link Pool.join} finish the work, {@link Pool.terminate} drops it. Leaving `await using`
 * or `scoped` terminates. An idle pool does not keep the program alive; work that is unfinished does.
 *
 * @example
 * ```ts
 * const pool = new Pool({ processes: 4 });
 * const squares = await pool.map((x: number) => x * x, [1, 2, 3]);
 * pool.close();
 * await pool.join();
 * ```
 */
export class Pool {
  /** For messages and traces, for instance `Pool-0`. */
  readonly name: string;
  /** How many workers it has. */
  readonly processes: number;
  readonly #kind: 'process' | 'thread';
  readonly #crew: PoolCrew;
  readonly #forget: () => void;
  #state: 'open' | 'closed' | 'terminated' = 'open';

  /**
   * @throws {TypeError | RangeError} for bad options
   * @throws {SerializationError} if the initializer cannot travel
   * @throws {RecursionDepthError} in a worker that is nested too deeply
   */
  constructor(options: PoolOptions = {}) {
    const { processes = cpuCount(), kind = 'process', maxTasksPerChild } = options;
    this.processes = checkInteger(processes, 'processes', 1);
    if (kind !== 'process' && kind !== 'thread') {
      throw new RangeError(`Cannot make a pool of kind ${String(kind)}: pass 'process' or 'thread'`);
    }
    checkWorkerPoolOptions({ maxTasksPerChild });
    this.#kind = kind;
    this.name = executorName(kind === 'thread' ? 'ThreadPool' : 'Pool');
    this.#crew = new PoolCrew(this.name, this.processes, options);
    this.#forget = watchUnclosed(this, this.#crew);
  }

  /**
   * Resolves when all workers have started and run the initializer.
   *
   * @throws whatever a worker could not be started for
   * @throws {BrokenExecutorError} if the initializer fails again and again; its `cause` is the initializer's error
   * @throws {CancelledError} if the pool was closed or terminated before
   */
  get ready(): Promise<void> {
    return this.#crew.ready;
  }

  /**
   * Runs `task(...args)` and waits for its value.
   *
   * @param args - the arguments, in an array
   * @throws what {@link AsyncResult.get} throws
   */
  apply<A extends unknown[], R>(task: TaskLike<A, R>, args?: readonly [...A]): Promise<Awaited<R>> {
    return attempt(() => this.applyAsync(task, args).get());
  }

  /**
   * Runs `task(...args)`.
   *
   * @param args - the arguments, in an array; copied when the task is sent, at the latest when a worker becomes free
   * @throws {TypeError} if `task` is neither a function nor a `Task`, or `args` is not an array
   * @throws {InvalidStateError} if the pool was closed or terminated
   * @throws {BrokenExecutorError} if no worker can be started
   * @returns the result to come; it fails with a `SerializationError` if the task or an argument cannot travel
   */
  applyAsync<A extends unknown[], R>(
    task: TaskLike<A, R>,
    args: readonly [...A] = [] as never,
    callbacks: ResultCallbacks<Awaited<R>> = {},
  ): AsyncResult<Awaited<R>> {
    const submit = this.#submitter(task, 'apply');
    if (!Array.isArray(args)) throw new TypeError(`Cannot apply with ${typeof args} as arguments: pass an array`);
    checkCallbacks(callbacks);
    return new AsyncResult(submit(args, 'call') as Future<Awaited<R>>, callbacks);
  }

  /**
   * Runs `task(item)` for each item and waits for all the values, in the order of the items.
   *
   * @throws whatever the iterable throws; nothing has run then
   * @throws the error of the first item that failed, when all have ended
   * @throws what {@link Pool.applyAsync} throws, and RangeError for a bad `chunkSize`
   */
  map<T, R>(task: TaskLike<[T], R>, items: Iterable<T>, options?: ChunkOptions): Promise<Awaited<R>[]> {
    return attempt(() => this.mapAsync(task, items, { chunkSize: options?.chunkSize }).get());
  }

  /** The same without waiting. The callbacks hear of the whole list, or of the first error, once. */
  mapAsync<T, R>(
    task: TaskLike<[T], R>,
    items: Iterable<T>,
    options: MapAsyncOptions<Awaited<R>> = {},
  ): AsyncResult<Awaited<R>[]> {
    return this.#mapAsync(task, items, 'items', options);
  }

  /** As {@link Pool.map} with several arguments: `task(...args)` for each list of arguments. */
  starmap<A extends unknown[], R>(
    task: TaskLike<A, R>,
    argLists: Iterable<readonly [...A]>,
    options?: ChunkOptions,
  ): Promise<Awaited<R>[]> {
    return attempt(() => this.starmapAsync(task, argLists, { chunkSize: options?.chunkSize }).get());
  }

  /** The same without waiting. */
  starmapAsync<A extends unknown[], R>(
    task: TaskLike<A, R>,
    argLists: Iterable<readonly [...A]>,
    options: MapAsyncOptions<Awaited<R>> = {},
  ): AsyncResult<Awaited<R>[]> {
    return this.#mapAsync(task, argLists, 'calls', options);
  }

  /**
   * Runs `task(item)` for each item and yields the values in the order of the items, each as soon as it is there.
   *
   * A step whose item failed rejects, and the next step goes on with the next item. An error of the iterable comes after
   * the values before it. All items are submitted at the call, unless `bufferSize` says otherwise; leaving the loop drops
   * what has not begun.
   *
   * @param options - `chunkSize` is 1 if left out
   * @throws {TypeError | RangeError} for bad options, and what {@link Pool.applyAsync} throws, at the call
   */
  imap<T, R>(task: TaskLike<[T], R>, items: Iterable<T>, options?: MapOptions): AsyncIterableIterator<Awaited<R>> {
    return this.#imap(task, items, false, options);
  }

  /** The same, but whatever is done first comes first. */
  imapUnordered<T, R>(
    task: TaskLike<[T], R>,
    items: Iterable<T>,
    options?: MapOptions,
  ): AsyncIterableIterator<Awaited<R>> {
    return this.#imap(task, items, true, options);
  }

  /** Takes no more work; what it was given is still done, and then the workers end. May be called again. */
  close(): void {
    if (this.#state !== 'open') return;
    this.#state = 'closed';
    this.#forget();
    void this.#crew.shutdown({ wait: false });
  }

  /**
   * Ends all workers at once, whatever they do, and drops the rest: unfinished results reject with a `CancelledError`.
   *
   * @returns when all workers are gone
   */
  terminate(): Promise<void> {
    this.#state = 'terminated';
    this.#forget();
    return this.#crew.terminate();
  }

  /**
   * Waits until all work is done and all workers are gone.
   *
   * @throws {InvalidStateError} if the pool is still open: close or terminate it first
   */
  async join(): Promise<void> {
    if (this.#state === 'open' && !this.#crew.lost) {
      throw new InvalidStateError(`Cannot join ${this.name}: it is open; close() or terminate() it first`);
    }
    return this.#crew.shutdown();
  }

  /**
   * `terminate()`; what `await using` and `scoped` call when they are left, as in Python.
   *
   * A property and not a method, because it is looked up when such a block is entered: only an open pool may be.
   *
   * @throws {InvalidStateError} if the pool was closed or terminated
   */
  get [Symbol.asyncDispose](): () => Promise<void> {
    this.#checkOpen('enter');
    return () => this.terminate();
  }

  /** Figures for a dashboard or a log line; a chunk counts as one task. */
  stats(): ExecutorStats {
    return this.#crew.stats();
  }

  /** For example `<Pool-0 open, 4 processes, 3 tasks unfinished>`; a chunk is one task. */
  toString(): string {
    const state = this.#crew.lost ? 'broken' : this.#state;
    const workers = `${this.processes} ${this.#kind === 'thread' ? 'threads' : 'processes'}`;
    return `<${this.name} ${state}, ${workers}, ${this.#crew.outstanding} tasks unfinished>`;
  }

  /** What `console.log` and notebooks print. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  #mapAsync<R>(
    task: TaskLike,
    items: Iterable<unknown>,
    shape: 'calls' | 'items',
    options: MapAsyncOptions<R>,
  ): AsyncResult<R[]> {
    const submit = this.#submitter(task, 'map');
    const { chunkSize } = options;
    // A bad size is refused before the items are walked.
    chunkSizes(chunkSize ?? 'auto', 0, this.processes);
    checkCallbacks(options);
    const walked = walk(items);
    const list: readonly unknown[] = Array.isArray(items) ? items : [...{ [Symbol.iterator]: () => walked }];
    const size = chunkSizes(chunkSize ?? 'auto', list.length, this.processes)();
    const chunks: Ahead[] = [];
    for (let from = 0; from < list.length; from += size) {
      chunks.push(...submitChunk(submit, list.slice(from, from + size), shape, size === 1));
    }
    return new AsyncResult(gather<R>(task.name, chunks), options);
  }

  #imap<R>(
    task: TaskLike,
    items: Iterable<unknown>,
    unordered: boolean,
    options: MapOptions = {},
  ): AsyncIterableIterator<R> {
    const submit = this.#submitter(task, 'map');
    return mapOver<R>(
      submit,
      walk(items),
      { shape: 'items', known: knownLength(items), workers: this.processes, unordered, late: true },
      options,
    );
  }

  #submitter(task: unknown, what: string): Submit {
    this.#checkOpen(what);
    checkTask(task, what);
    // By way of this object: a pool that is still given work, by an iteration, counts as reachable.
    return (args, shape) => this.#crew.give(task, args, shape);
  }

  #checkOpen(what: string): void {
    if (this.#state === 'open') return;
    throw new InvalidStateError(`Cannot ${what} with ${this.name}: it was ${this.#state}`);
  }
}

/** Calls that check their arguments at once, for methods that return a promise. */
function attempt<T>(begin: () => Promise<T>): Promise<T> {
  // Not an async function: those would look for a `then` method of the value.
  try {
    return begin();
  } catch (error) {
    return Promise.reject(error);
  }
}

function checkCallbacks({ callback, errorCallback }: ResultCallbacks<never>): void {
  for (const [name, given] of Object.entries({ callback, errorCallback })) {
    if (given !== undefined && typeof given !== 'function') {
      throw new TypeError(`Cannot use ${typeof given} as ${name}: pass a function`);
    }
  }
}
