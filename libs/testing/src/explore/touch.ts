/**
 * What an operation does to a word, as one number, for who asks whether two operations can change places: then it makes no
 * difference which comes first.
 */

/** What is touched is unknown, or no word. */
export const ANYTHING = 0;
export const READS = 1;
export const WRITES = 2;
export const WAITS = 3;
export const NOTIFIES = 4;

/** How a word is touched. */
export type How = typeof READS | typeof WRITES | typeof WAITS | typeof NOTIFIES;

/** An operation on a word. */
export function touch(word: number, how: How): number {
  return word * 8 + how;
}

/** The word of an operation that has one. */
export function wordOf(operation: number): number {
  return operation >> 3;
}

/** How it touches that word. */
export function howOf(operation: number): number {
  return operation & 7;
}

/** Whether the order of two operations on words matters. */
export function dependent(one: number, other: number): boolean {
  // Whose time runs out first can depend on who began to wait, also on different words.
  if (howOf(one) === WAITS && howOf(other) === WAITS) return true;
  return wordOf(one) === wordOf(other) && !(howOf(one) === READS && howOf(other) === READS);
}
