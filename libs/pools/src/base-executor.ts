import {
  BrokenExecutorError,
  InvalidStateError,
  QueueFullError,
  ShutdownError,
  checkTimeout,
  reportUncaught,
} from '@interleave/core';
import type { TaskLike } from '@interleave/transfer';
import { holdProcess } from '@interleave/workers';
import type {
  Executor,
  ExecutorOptions,
  ExecutorStats,
  IterablesOf,
  MapOptions,
  ShutdownOptions,
  StreamOptions,
  SubmitOptions,
} from './executor.js';
import { exiting, watchExit } from './exit-watch.js';
import type { Future } from './future.js';
import type { Ground, GroundHost, Shape } from './ground.js';
import { Job, type JobEnd, type JobKeeper, type JobSettings } from './job.js';
import { mapOver } from './map.js';
import { StreamIn } from './stream-in.js';
import { walk, zip } from './walk.js';
import { checkInteger } from './check-integer.js';
import { checkTask } from './check-task.js';
import { knownLength, shortest } from './chunk-sizes.js';
import type { Submit } from './chunk-feed.js';

const NO_SETTINGS: SubmitOptions = {};
/** How many values of a stream may be on their way or unread. */
const WINDOW = 16;
const MOST_WINDOW = 2 ** 20;

/**
 * Everything about an executor that does not depend on where its tasks run.
 *
 *     submit ──> Job ──> ground.prepare, enqueue ... job.succeed / fail ──> jobOver ──> (last one?) ──> close workers
 *
 * Invariants: every accepted job is over exactly once, whatever dies; the process is held exactly while a job is
 * unfinished; a ground is closed once, after its last job.
 */
export abstract class BaseExecutor implements Executor {
  readonly name: string;
  readonly maxWorkers: number;
  readonly #ground: Ground;
  readonly #keeper: JobKeeper;
  readonly #limit: number;
  readonly #listeners = new Set<(error: unknown) => void>();
  #unfinished = 0;
  readonly #ended = { succeeded: 0, failed: 0, cancelled: 0 };
  #release: (() => void) | undefined;
  #phase: 'open' | 'closing' = 'open';
  #broken: BrokenExecutorError | undefined;
  #closed: Promise<void> | undefined;
  #whenClosed: (() => void)[] = [];
  readonly #leaveExit: () => void;

  /** @internal */
  protected constructor(
    name: string,
    options: ExecutorOptions,
    defaultWorkers: number,
    makeGround: (host: GroundHost, maxWorkers: number) => Ground,
  ) {
    this.name = name;
    this.maxWorkers = checkInteger(options.maxWorkers ?? defaultWorkers, 'maxWorkers', 1);
    this.#limit =
      options.maxQueue === undefined ? Infinity : this.maxWorkers + checkInteger(options.maxQueue, 'maxQueue', 0);
    const { initializer, initArgs } = options;
    if (initializer !== undefined) checkTask(initializer, 'use as the initializer');
    if (initArgs !== undefined && !Array.isArray(initArgs)) {
      throw new TypeError(`Cannot use ${typeof initArgs} as initArgs: pass an array`);
    }
    this.#ground = makeGround(
      { name, broke: (error, lost) => this.#break(error, lost), stray: (error) => this.#stray(error) },
      this.maxWorkers,
    );
    this.#keeper = { name, ground: this.#ground, jobOver: (state) => this.#jobOver(state) };
    this.#leaveExit = watchExit();
  }

  submit<A extends unknown[], R>(task: TaskLike<A, R>, ...args: A): Future<Awaited<R>> {
    return this.accept(task, args, NO_SETTINGS, 'call') as Future<Awaited<R>>;
  }

  submitWith<A extends unknown[], R>(options: SubmitOptions, task: TaskLike<A, R>, ...args: A): Future<Awaited<R>> {
    return this.accept(task, args, checkSettings(options), 'call') as Future<Awaited<R>>;
  }

  map<T, R>(task: TaskLike<[T], R>, items: Iterable<T>, options?: MapOptions): AsyncIterableIterator<Awaited<R>> {
    return this.#map(task, () => walk(items), 'items', knownLength(items), options);
  }

  mapN<A extends unknown[], R>(
    task: TaskLike<A, R>,
    iterables: readonly [...IterablesOf<A>],
    options?: MapOptions,
  ): AsyncIterableIterator<Awaited<R>> {
    const walks = (): Iterator<unknown> => zip(iterables as readonly Iterable<unknown>[]);
    return this.#map(task, walks, 'calls', shortest(iterables), options);
  }

  stream<A extends unknown[], R>(
    task: TaskLike<A, AsyncIterable<R> | Iterable<R>>,
    ...args: A
  ): AsyncIterableIterator<Awaited<R>> {
    return this.streamWith({}, task, ...args);
  }

  streamWith<A extends unknown[], R>(
    options: StreamOptions,
    task: TaskLike<A, AsyncIterable<R> | Iterable<R>>,
    ...args: A
  ): AsyncIterableIterator<Awaited<R>> {
    const window = checkInteger(checkSettings(options).bufferSize ?? WINDOW, 'bufferSize', 1);
    if (window > MOST_WINDOW) throw new RangeError(`Cannot use ${window} as bufferSize: the most is ${MOST_WINDOW}`);
    const results = new StreamIn<Awaited<R>>(window);
    const stream = { window, put: (value: unknown): void => results.put(value) };
    results.open(this.#take(task, args, { ...options, stream }, 'call'));
    return results;
  }

  stats(): ExecutorStats {
    const { workers, running, runTime } = this.#ground.load;
    const { succeeded, failed, cancelled } = this.#ended;
    const unfinished = this.#unfinished;
    const submitted = succeeded + failed + cancelled + unfinished;
    // A task that was given up by its caller is over for the caller, but may still keep its worker.
    const busy = Math.min(running, unfinished);
    return { submitted, waiting: unfinished - busy, running: busy, succeeded, failed, cancelled, workers, runTime };
  }

  shutdown(options: ShutdownOptions = {}): Promise<void> {
    const { wait = true, cancelFutures = false } = options;
    this.#phase = 'closing';
    if (cancelFutures) for (const job of this.#ground.waiting()) job.future.cancel();
    this.#closeIfDone();
    if (!wait) return Promise.resolve();
    if (this.#closed !== undefined) return this.#closed;
    return new Promise((resolve) => this.#whenClosed.push(resolve));
  }

  terminateWorkers(): Promise<void> {
    return this.stop(false);
  }

  killWorkers(): Promise<void> {
    return this.stop(true);
  }

  on(event: 'error', listener: (error: unknown) => void): this {
    checkEvent(event);
    this.#listeners.add(listener);
    return this;
  }

  off(event: 'error', listener: (error: unknown) => void): this {
    checkEvent(event);
    this.#listeners.delete(listener);
    return this;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.shutdown();
  }

  /** @internal How many accepted tasks are not over. */
  protected get unfinished(): number {
    return this.#unfinished;
  }

  /** @internal Why it takes no more, if it broke. */
  protected get broken(): BrokenExecutorError | undefined {
    return this.#broken;
  }

  /** For example `<ThreadPoolExecutor-0 open, 5 workers at most, 3 tasks unfinished>`. */
  toString(): string {
    const state = this.#broken !== undefined ? 'broken' : this.#phase === 'open' ? 'open' : 'shut down';
    return `<${this.name} ${state}, ${this.maxWorkers} workers at most, ${this.#unfinished} tasks unfinished>`;
  }

  /** What `console.log` and notebooks print. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  #map<R>(
    task: unknown,
    source: () => Iterator<unknown>,
    shape: 'calls' | 'items',
    known: number | undefined,
    options: MapOptions = {},
  ): AsyncIterableIterator<R> {
    this.#checkOpen();
    checkTask(task, 'submit');
    const submit: Submit = (args, each) => this.accept(task, args, NO_SETTINGS, each);
    return mapOver<R>(submit, source(), { shape, known, workers: this.maxWorkers }, options);
  }

  /** @internal Accepts one call or one chunk. */
  protected accept(task: unknown, args: readonly unknown[], settings: SubmitOptions, shape: Shape): Future<unknown> {
    return this.#take(task, args, settings, shape).future;
  }

  #take(task: unknown, args: readonly unknown[], settings: JobSettings, shape: Shape): Job {
    this.#checkOpen();
    checkTask(task, 'submit');
    if (this.#unfinished >= this.#limit) {
      const waiting = this.#limit - this.maxWorkers;
      throw new QueueFullError(
        `Cannot submit to ${this.name}: ${waiting} tasks wait already; await some, or raise maxQueue`,
      );
    }
    const job = new Job(settings.name ?? (task.name || 'anonymous'), settings, this.#keeper);
    if (this.#unfinished++ === 0) this.#release = holdProcess();
    if (settings.signal?.aborted === true) {
      job.watchSignal();
      return job;
    }
    try {
      this.#ground.prepare(job, task, args, shape);
    } catch (error) {
      // What cannot travel fails alone, and always by its future: one place to handle it.
      job.fail(error);
      return job;
    }
    job.watchSignal();
    this.#ground.enqueue(job);
    return job;
  }

  #checkOpen(): void {
    // A new error each time, so that its stack shows this submit.
    if (this.#broken !== undefined) {
      throw new BrokenExecutorError(`Cannot submit to ${this.name}: ${this.#broken.message}`, { cause: this.#broken });
    }
    if (this.#phase !== 'open') throw new ShutdownError(`Cannot submit to ${this.name}: it was shut down`);
    if (exiting()) throw new ShutdownError(`Cannot submit to ${this.name}: the process is exiting`);
  }

  #jobOver(state: JobEnd): void {
    this.#ended[state] += 1;
    this.#unfinished -= 1;
    if (this.#unfinished > 0) return;
    this.#release?.();
    this.#closeIfDone();
  }

  #closeIfDone(): void {
    if (this.#phase === 'open' || this.#unfinished > 0 || this.#closed !== undefined) return;
    this.#leaveExit();
    this.#closed = this.#ground.close();
    void this.#closed.then(() => {
      for (const resolve of this.#whenClosed.splice(0)) resolve();
    });
  }

  /** @internal Ends all workers at once; what is unfinished fails with `why`. */
  protected stop(kill: boolean, why?: Error): Promise<void> {
    this.#phase = 'closing';
    const jobs = this.#ground.drain();
    const stopped = this.#ground.stop(kill);
    const error = why ?? new BrokenExecutorError(`the workers of ${this.name} were ${kill ? 'killed' : 'terminated'}`);
    for (const job of jobs) job.fail(error);
    this.#closeIfDone();
    return stopped;
  }

  #break(error: BrokenExecutorError, lost: readonly (readonly [Job, Error])[] = []): void {
    this.#broken ??= error;
    const jobs = this.#ground.drain();
    void this.#ground.stop(false);
    for (const [job, why] of lost) job.fail(why);
    for (const job of jobs) job.fail(error);
  }

  #stray(error: unknown): void {
    if (this.#listeners.size === 0) reportUncaught(error, { where: `a worker of ${this.name}` });
    for (const listener of this.#listeners) {
      try {
        listener(error);
      } catch (second) {
        reportUncaught(second, { where: `an error listener of ${this.name}` });
      }
    }
  }
}

function checkSettings<O extends SubmitOptions>(options: O): O {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`Cannot submit with ${typeof options} as options: pass an object, then the task`);
  }
  const { signal, timeout, priority, transfer, name, onProgress } = options;
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new TypeError('Cannot submit: signal is not an AbortSignal');
  }
  checkTimeout(timeout);
  if (priority !== undefined && typeof priority !== 'number') {
    throw new TypeError(`Cannot submit with ${typeof priority} as priority: pass a number`);
  }
  if (priority !== undefined && !Number.isFinite(priority)) {
    throw new RangeError(`Cannot submit with priority ${priority}: pass a finite number`);
  }
  if (transfer !== undefined && !Array.isArray(transfer)) {
    throw new TypeError(`Cannot submit with ${typeof transfer} as transfer: pass an array`);
  }
  if (name !== undefined && typeof name !== 'string') {
    throw new TypeError(`Cannot submit with ${typeof name} as name: pass a string`);
  }
  if (onProgress !== undefined && typeof onProgress !== 'function') {
    throw new TypeError(`Cannot submit with ${typeof onProgress} as onProgress: pass a function`);
  }
  return options;
}

function checkEvent(event: string): void {
  if (event !== 'error') throw new InvalidStateError(`Cannot listen to "${event}": an executor has the event 'error'`);
}
