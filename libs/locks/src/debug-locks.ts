import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';
import { InvalidStateError } from '@interleave/core';
import { openWords, threadWords, type WordsHandle } from '@interleave/memory';
import { LockNotes, NOTES_LENGTH } from './lock-notes.js';

const KEY = 'interleave.locks.debug';

let notes: LockNotes | undefined;
let asked = false;

/**
 * Lets locks look for deadlocks in this thread and in those started from here on, until called with false.
 *
 * A blocking call on a Lock that its own thread holds, and a circle of threads and coroutines that wait for each other's
 * locks, then end in an `InvalidStateError` with the code `ERR_DEADLOCK`. Its message names the threads and the locks, and its
 * `cause` has both places of each: where it took what it holds, and where it waits. A circle is told within some 150 ms, to
 * one of those in it or to more.
 *
 * A coroutine is the body of a `withLock` with all that it awaits, or else the code that has called `acquire`. A wait with a
 * timeout or a signal ends by itself and is no deadlock. All this costs stack traces for each acquire, so it is for finding a
 * fault and not for every day.
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
  const words = on ? threadWords(NOTES_LENGTH) : undefined;
  notes = words && new LockNotes(words);
  setEnvironmentData(KEY, words?.handle());
}

/** The notes, if somebody wants to know. */
export function debugNotes(): LockNotes | undefined {
  if (!asked) {
    asked = true;
    const inherited = getEnvironmentData(KEY) as unknown as WordsHandle | undefined;
    if (inherited !== undefined) notes = new LockNotes(openWords(inherited));
  }
  return notes;
}

/** @param what - what cannot be done, and why */
export function deadlockError(what: string, cause: Error | undefined): InvalidStateError {
  return new InvalidStateError(what, { code: 'ERR_DEADLOCK', ...(cause && { cause }) });
}
