import { checkInteger } from './check-integer.js';

/** So many chunks each worker gets: few messages, and the last worker is not waited for long. */
const CHUNKS_PER_WORKER = 4;

/** How many items the next chunk takes. */
export type NextSize = () => number;

/**
 * The sizes of the chunks of a `map`.
 *
 * `'auto'` gives each worker about four chunks. If the number of items is not known before they end, a chunk is as large
 * as an eighth of what each worker has had so far: the first items are on their way at once, the number of chunks
 * grows with the logarithm of the items, and the last chunks are still a small part of the whole.
 *
 * @internal
 * @param known - how many items there are, if that can be told
 * @throws {TypeError | RangeError} for a bad size
 */
export function chunkSizes(size: number | 'auto', known: number | undefined, workers: number): NextSize {
  if (size !== 'auto') {
    checkInteger(size, 'chunkSize', 1);
    return () => size;
  }
  if (known !== undefined) {
    const even = Math.max(1, Math.ceil(known / (CHUNKS_PER_WORKER * workers)));
    return () => even;
  }
  let before = 0;
  return () => {
    const next = Math.max(1, Math.ceil(before / (8 * workers)));
    before += next;
    return next;
  };
}

/** How many items an iterable has, if it tells. */
export function knownLength(items: unknown): number | undefined {
  if (Array.isArray(items)) return items.length;
  if (items instanceof Set || items instanceof Map) return items.size;
  return ArrayBuffer.isView(items) && 'length' in items ? (items.length as number) : undefined;
}

/** How many calls several iterables make together, if all of them tell. */
export function shortest(iterables: unknown): number | undefined {
  if (!Array.isArray(iterables)) return undefined;
  const lengths = iterables.map(knownLength);
  return lengths.includes(undefined) ? undefined : Math.min(...(lengths as number[]));
}
