import { isMainThread } from 'node:worker_threads';
import { BlockingNotAllowedError } from '@interleave/core';

// On `globalThis`, since `workers` sets it where the main thread is a worker's, without loading this lib for it.
const KEY = Symbol.for('interleave.mayBlock');
const holder = globalThis as { [KEY]?: boolean };

/**
 * Lets `...Sync` calls block the main thread, or forbids it again.
 *
 * They are refused by default, since a blocked main thread answers nobody: no timer fires, no worker's output appears,
 * no Ctrl-C is heard, and a worker that needs it to go on will wait for ever. In a process of a pool or a `Process` the main
 * thread is the worker's own, and may block.
 *
 * @param allow - false to forbid it again; true if left out
 * @returns what held before, to put it back
 *
 * @example
 * ```ts
 * const before = allowMainThreadBlocking();
 * lock.acquireSync();
 * allowMainThreadBlocking(before);
 * ```
 */
export function allowMainThreadBlocking(allow = true): boolean {
  const before = holder[KEY] === true;
  holder[KEY] = allow;
  return before;
}

/**
 * What every `...Sync` call asks before it blocks.
 *
 * @param what - the call and its spelling that does not block, for the message: `acquireSync()`, `await acquire()`
 * @throws {BlockingNotAllowedError} on the main thread, unless {@link allowMainThreadBlocking} was called
 */
export function checkMayBlock(what: string, instead: string): void {
  if (!isMainThread || holder[KEY] === true) return;
  throw new BlockingNotAllowedError(
    `Cannot block the main thread with ${what}: use ${instead}, or call allowMainThreadBlocking() first`,
  );
}
