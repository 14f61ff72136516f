import { segmentWords } from './segment-words.js';
import type { Words } from './words.js';

/** Options of {@link processWords}. */
export interface ProcessWordsOptions {
  /** What to share: a segment of memory. */
  readonly ground?: 'segment' | undefined;
}

/**
 * Words that this process shares with others, and with the threads of each: in a segment of memory that all have mapped.
 *
 * The handle is plain data and goes through JSON. It can be opened as long as this process runs; who has opened it keeps
 * the words. They are never taken back, so reuse words rather than make new ones for ever.
 *
 * @param length - how many words, all 0; at least 1
 * @throws {RangeError} for a length that is not a whole number from 1 to 2^28
 * @throws {NotSupportedError} on systems other than Linux, and without the package koffi
 *
 * @example
 * ```ts
 * const words = processWords(1);
 * child.send(words.handle());
 * // in the child, or in a thread of it:
 * process.once('message', (handle) => openWords(handle).add(0, 1));
 * ```
 */
export function processWords(length: number, _options: ProcessWordsOptions = {}): Words {
  return segmentWords(length);
}
