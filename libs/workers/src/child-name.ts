import { identity } from './identity.js';
import type { WorkerKind } from './worker-handle.js';

/** How many children of each kind were made here. */
const made = { thread: 0, process: 0 };

/**
 * The number of the next child of a kind, after the numbers of whoever makes it: [1, 2] for the second child of the first.
 *
 * @internal
 */
export function nextNumbers(kind: WorkerKind): readonly number[] {
  made[kind] += 1;
  return [...identity().numbers, made[kind]];
}

/**
 * A name as Python gives it: `Process-1`, `Process-1:2` for its second child, `Thread-1 (work)`.
 *
 * @internal
 * @param detail - the name of what a thread runs, or ''
 */
export function childName(prefix: string, numbers: readonly number[], detail: string): string {
  const name = `${prefix}-${numbers.join(':')}`;
  return detail === '' ? name : `${name} (${detail})`;
}
