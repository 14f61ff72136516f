/**
 * Finds deadlocks while they happen: threads that block write down for whom they wait, in words that all threads share.
 *
 *     row: [ thread | waits for thread | name of the lock, 32 characters ] ...
 *
 * Once a slice a blocked thread follows these notes; when they lead back to itself, twice in a row, nobody of the circle can
 * go on. Coroutines are not looked at: a thread whose coroutine waits can still release what others wait for.
 */
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';
import { InvalidStateError } from '@interleave/core';
import { openWords, threadWords, type Participant, type Words, type WordsHandle } from '@interleave/memory';

const KEY = 'interleave.locks.debug';
const ROWS = 256;
const NAME = 2;
const NAME_WORDS = 8;
const ROW = NAME + NAME_WORDS;

let notes: Words | undefined;
let asked = false;

/**
 * Lets locks look for deadlocks in this thread and in those started from here on, until called with false.
 *
 * A blocking call on a Lock that its own thread holds, and a circle of threads that block for each other's locks, then end
 * in an `InvalidStateError` with the code `ERR_DEADLOCK`, and its `cause` says where the lock was acquired. This costs a
 * stack trace for each acquire, so it is for finding a fault and not for every day.
 *
 * @param on - true if left out
 *
 * @example
 * ```ts
 * debugLocks();
 * lock.acquireSync();
 * lock.acquireSync(); // InvalidStateError: Cannot block for Lock: this thread holds it already
 * ```
 */
export function debugLocks(on = true): void {
  asked = true;
  notes = on ? threadWords(ROWS * ROW) : undefined;
  setEnvironmentData(KEY, notes?.handle());
}

/** The words with the notes, if somebody wants to know. */
export function debugNotes(): Words | undefined {
  if (!asked) {
    asked = true;
    const inherited = getEnvironmentData(KEY) as unknown as WordsHandle | undefined;
    if (inherited !== undefined) notes = openWords(inherited);
  }
  return notes;
}

/** Notes that the thread is blocked for a lock, or with 0 that it no longer is. */
export function noteBlocked(words: Words, waitsFor: Participant, name: string): void {
  const row = rowOf(words, words.self(), true);
  if (row < 0) return;
  for (let word = 0; word < NAME_WORDS && waitsFor !== 0; word++) {
    const code = (at: number): number => Math.min(name.charCodeAt(word * 4 + at) || 0, 127);
    words.store(row + NAME + word, code(0) | (code(1) << 8) | (code(2) << 16) | (code(3) << 24));
  }
  words.store(row + 1, waitsFor);
}

/** The circle that the caller's thread is in, in words; undefined if there is none. */
export function findCircle(words: Words): string | undefined {
  const me = words.self();
  const steps: string[] = [];
  for (let thread = me; steps.length < ROWS;) {
    const row = rowOf(words, thread, false);
    const next = row < 0 ? 0 : words.load(row + 1);
    if (next === 0) return undefined;
    steps.push(`thread ${thread - 1} waits for ${nameAt(words, row)} of thread ${next - 1}`);
    if (next === me) return steps.join(', ');
    thread = next;
  }
  return undefined;
}

/** @param what - what cannot be done, and why */
export function deadlockError(what: string, cause: Error | undefined): InvalidStateError {
  return new InvalidStateError(what, { code: 'ERR_DEADLOCK', ...(cause && { cause }) });
}

function rowOf(words: Words, thread: Participant, make: boolean): number {
  for (let row = 0; row < words.length; row += ROW) {
    const there = words.load(row);
    if (there === thread) return row;
    if (there === 0)
      return make && words.compareExchange(row, 0, thread) === 0 ? row : make ? rowOf(words, thread, make) : -1;
  }
  return -1;
}

function nameAt(words: Words, row: number): string {
  let name = '';
  for (let word = 0; word < NAME_WORDS; word++) {
    const four = words.load(row + NAME + word);
    for (let at = 0; at < 32; at += 8) name += String.fromCharCode((four >> at) & 127);
  }
  return name.replaceAll('\0', '');
}
