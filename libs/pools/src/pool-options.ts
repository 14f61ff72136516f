import type { TaskLike } from '@interleave/transfer';
import type { WorkerKind, WorkerResourceLimits } from '@interleave/workers';
import type { ResultCallbacks } from './async-result.js';

/** Options of a `ThreadPool`. */
export interface ThreadPoolOptions {
  /** How many workers it has; an integer from 1. Default: the number of processors. */
  readonly processes?: number | undefined;
  /** Runs once in each worker before its first task, also if no task ever comes. Its promise is awaited. */
  readonly initializer?: TaskLike | undefined;
  /** Arguments of the initializer. */
  readonly initArgs?: readonly unknown[] | undefined;
  /** After how many tasks a worker is replaced by a new one; an integer from 1. A chunk is one task. Default: never. */
  readonly maxTasksPerChild?: number | undefined;
  /**
   * How old a worker may become, in milliseconds since it was ready; above 0. An older one is replaced when it has finished
   * what it was sent. Default: never.
   */
  readonly maxAgePerChild?: number | undefined;
  /**
   * How much memory a worker may take, in bytes; an integer from 1. One that takes more after a task is replaced when it has
   * finished what it was sent. Of a process all that is resident counts (a fresh one takes some 50 MB), of a thread its
   * heap and its buffers; garbage that was not collected yet counts, too. Default: no limit.
   */
  readonly maxMemoryPerChild?: number | undefined;
  /** Limits on the memory of each thread; processes ignore them. See `resourceLimits` of `node:worker_threads`. */
  readonly resourceLimits?: WorkerResourceLimits | undefined;
}

/** Options of a `Pool`. */
export interface PoolOptions extends ThreadPoolOptions {
  /** What the workers are. Default `process`. */
  readonly kind?: WorkerKind | undefined;
}

/** Options of `Pool.map` and `Pool.starmap`. */
export interface ChunkOptions {
  /**
   * How many items travel together and run one after another in one worker; an integer from 1. Default: so many that
   * each worker gets four chunks.
   */
  readonly chunkSize?: number | undefined;
}

/** Options of `Pool.mapAsync` and `Pool.starmapAsync`. */
export interface MapAsyncOptions<T> extends ChunkOptions, ResultCallbacks<T[]> {}
