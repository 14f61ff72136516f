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
