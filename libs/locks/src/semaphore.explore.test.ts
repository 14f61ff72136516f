/** Every order of small scenes with a semaphore as it is shipped, within a bound of preemptions. */
import type { ExploreOptions } from '@interleave/testing';
import { test } from 'vitest';
import { counts, LONG, safe, times } from './fixtures/explored.js';
import { givePermit, givePermits, takePermit, takePermitInTime, withPermit } from './fixtures/scenarios.mjs';
import { Semaphore } from './semaphore.js';

const words = 1 + Semaphore.wordCount;
const onePermit: NonNullable<ExploreOptions['setup']> = (shared) => void new Semaphore(1, { words: shared, at: 1 });

test.each([
  [2, 3],
  [3, 3],
  [4, 2],
])('SEM-02 one permit is for one of %i at a time, bound %i', { timeout: LONG }, async (threads, bound) => {
  await safe({ threads: times(threads, withPermit), words, setup: onePermit, bound, invariant: counts(threads) });
});

test('SEM-03 two permits that are given let two in', { timeout: LONG }, async () => {
  await safe({ threads: [takePermit, takePermit, givePermits], words, bound: 2, invariant: counts(2) });
});

test('SEM-03 F22 who dies in line takes no permit along', { timeout: LONG }, async () => {
  await safe({
    threads: [takePermitInTime, givePermit],
    words,
    bound: 2,
    crashes: 1,
    invariant: (_, { results, killed }) => killed.length > 0 || results[0] === true,
  });
});
