import process from 'node:process';
import { brokerWords } from './broker-words.js';
import { canMapSegments, segmentWords } from './segment-words.js';
import type { Words } from './words.js';

/** How words are shared between processes: in a `segment` of memory, or by a `broker` in the process that made them. */
export type ProcessGround = 'segment' | 'broker';

/** Options of {@link processWords}. */
export interface ProcessWordsOptions {
  /**
   * How to share. Default: the environment variable `INTERLEAVE_MEMORY` if it is set; else a segment where that is
   * possible, which is on Linux with the package koffi, and a broker everywhere else.
   */
  readonly ground?: ProcessGround | undefined;
}

/**
 * Words that this process shares with others, and with the threads of each.
 *
 * The handle is plain data and goes through JSON. It can be opened in every process of the same user on this machine, as
 * long as this process runs.
 *
 * - In a **segment**, everybody works on the same memory: some 10 ns an operation. Who has opened it keeps the words, also
 *   after this process has ended.
 * - With a **broker**, this thread has the words at that price and all others ask it, some 45 µs an operation. With this
 *   thread the words end: operations throw `ClosedError` then, and pending waits are rejected with it.
 *
 * Words are never taken back, since a handle may be anywhere: reuse them rather than make new ones for ever.
 *
 * @param length - how many words, all 0; at least 1
 * @throws {RangeError} for a length that is not a whole number from 1 to 2^28, or when this thread has made too many
 * @throws {TypeError} for a ground that is none
 * @throws {NotSupportedError} for a segment where there is none
 *
 * @example
 * ```ts
 * const words = processWords(1);
 * child.send(words.handle());
 * // in the child, or in a thread of it:
 * process.once('message', (handle) => openWords(handle).add(0, 1));
 * ```
 */
export function processWords(length: number, options: ProcessWordsOptions = {}): Words {
  const ground: string | undefined = options.ground ?? process.env['INTERLEAVE_MEMORY'];
  switch (ground ?? (canMapSegments() ? 'segment' : 'broker')) {
    case 'segment':
      return segmentWords(length);
    case 'broker':
      return brokerWords(length);
    default:
      throw new TypeError(`Cannot share words by ${JSON.stringify(ground)}: the grounds are "segment" and "broker"`);
  }
}
