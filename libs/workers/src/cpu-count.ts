import { availableParallelism } from 'node:os';

/**
 * How many computations can really run at once: the processors this process may use.
 *
 * @returns an integer of at least 1
 *
 * @example
 * ```ts
 * const pool = new ProcessPoolExecutor({ maxWorkers: cpuCount() });
 * ```
 */
export function cpuCount(): number {
  return availableParallelism();
}
