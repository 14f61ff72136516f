import { RecursionDepthError, checkTimeout } from '@interleave/core';
import { identity } from '@interleave/workers';
import { checkInteger } from './check-integer.js';
import type { ExecutorOptions } from './executor.js';

/**
 * How deeply pools may be nested: a task may make a pool, whose tasks may make pools, and so on. A bug that nests
 * without an end would otherwise fill the machine with workers.
 */
export const MAX_POOL_DEPTH = 4;

/** Options that thread pools and process pools share. */
export interface WorkerPoolOptions extends ExecutorOptions {
  /** Workers are named `${threadNamePrefix}_0`, `_1`, ... Default: the executor's own name. */
  readonly threadNamePrefix?: string | undefined;
  /** After how many tasks a worker is replaced by a new one; an integer from 1. Default: never. */
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
}

/**
 * Checks what the constructor of every executor does not check.
 *
 * @internal
 * @throws {TypeError | RangeError} for bad options
 * @throws {RecursionDepthError} in a worker that is nested too deeply
 */
export function checkWorkerPoolOptions(options: WorkerPoolOptions): void {
  const { threadNamePrefix, maxTasksPerChild, maxAgePerChild, maxMemoryPerChild } = options;
  if (threadNamePrefix !== undefined && typeof threadNamePrefix !== 'string') {
    throw new TypeError(`Cannot use ${typeof threadNamePrefix} as threadNamePrefix: pass a string`);
  }
  if (maxTasksPerChild !== undefined) checkInteger(maxTasksPerChild, 'maxTasksPerChild', 1);
  if (maxMemoryPerChild !== undefined) checkInteger(maxMemoryPerChild, 'maxMemoryPerChild', 1);
  if (maxAgePerChild !== undefined && !(checkTimeout(maxAgePerChild) > 0)) {
    throw new RangeError(`Cannot use maxAgePerChild ${maxAgePerChild}: pass milliseconds above 0`);
  }
  const { depth } = identity();
  if (depth >= MAX_POOL_DEPTH) {
    throw new RecursionDepthError(
      `Cannot make a pool in a worker that is nested ${depth} deep: the most is ${MAX_POOL_DEPTH}; submit to an outer pool`,
    );
  }
}
