/** Every order of small scenes with a lock that is not fair, within a bound of preemptions. */
import { explore, type ExploreOptions } from '@interleave/testing';
import { expect, test } from 'vitest';
import { withUnfairLock, withUnfairLockInTime, withUnfairLockTwice } from './fixtures/unfair.mjs';
import { Lock } from './lock.js';

/** Explores, and expects that all schedules were tried and none failed. */
async function safe(options: Omit<ExploreOptions, 'words'>): Promise<void> {
  const { failures, exhausted } = await explore({ words: 1 + Lock.wordCount, ...options });
  expect(failures.map((failure) => failure.toText())).toEqual([]);
  expect(exhausted).toBe(true);
}

const counts =
  (expected: number): NonNullable<ExploreOptions['invariant']> =>
  (words) =>
    words.load(0) === expected;

test('LCK-04 two threads exclude each other, three preemptions', async () => {
  await safe({ threads: [withUnfairLock, withUnfairLock], bound: 3, invariant: counts(2) });
});

test('LCK-04 twice each, and three threads, two preemptions', async () => {
  await safe({ threads: [withUnfairLockTwice, withUnfairLockTwice], bound: 2, invariant: counts(4) });
  await safe({ threads: [withUnfairLock, withUnfairLock, withUnfairLock], bound: 2, invariant: counts(3) });
});

test('LCK-07 F24 a wait that runs out of time leaves the line, and nothing is lost', async () => {
  await safe({
    threads: [withUnfairLockInTime, withUnfairLock, withUnfairLock],
    bound: 1,
    invariant: (words, { results }) => words.load(0) === 2 + (results[0] as number),
  });
});

test('F22 a thread that dies anywhere leaves nobody waiting', async () => {
  await safe({ threads: [withUnfairLock, withUnfairLock, withUnfairLock], bound: 1, crashes: 1 });
});
