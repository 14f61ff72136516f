import type { Child } from './child.js';

/**
 * The children that this thread started and that have not ended.
 *
 * Kept on `globalThis` under a registered symbol, so that a second copy of this lib lists the same ones.
 */
const KEY = Symbol.for('@interleave/workers.activeChildren');
const place = globalThis as { [KEY]?: Set<Child> };

/** @internal */
export function activeSet(): Set<Child> {
  return (place[KEY] ??= new Set());
}

/**
 * The threads and processes that were started here and have not ended, oldest first.
 *
 * Here means in this thread: each thread and process has children of its own. Workers of pools are not among them.
 *
 * @example
 * ```ts
 * await Promise.all(activeChildren().map((child) => child.join()));
 * ```
 */
export function activeChildren(): Child[] {
  return [...activeSet()];
}
