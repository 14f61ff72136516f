import { NotSupportedError } from '@interleave/core';
import type { Words, WordsHandle } from './words.js';

const openers = new Map<string, (handle: WordsHandle) => Words>();

/**
 * Tells how handles of a ground become words again; each ground does so when it is loaded, the explorer's, too.
 *
 * @param ground - as in {@link WordsHandle}
 * @param open - called by {@link openWords}
 */
export function registerGround(ground: string, open: (handle: WordsHandle) => Words): void {
  openers.set(ground, open);
}

/**
 * The words of a handle that came from another thread or process: the same memory, not a copy.
 *
 * @throws {NotSupportedError} if the ground is not known here
 *
 * @example
 * ```ts
 * const words = threadWords(4);
 * new Worker(file, { workerData: words.handle() });
 * // in the worker:
 * openWords(workerData).add(0, 1);
 * ```
 */
export function openWords(handle: WordsHandle): Words {
  const open = openers.get(handle.ground);
  if (open === undefined) {
    throw new NotSupportedError(`Cannot open shared words of ground ${JSON.stringify(handle.ground)}: not known here`);
  }
  return open(handle);
}
