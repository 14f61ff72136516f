/** Every order of small scenes with a re-entrant lock as it is shipped, within a bound of preemptions. */
import { test } from 'vitest';
import { counts, LOCK_WORDS as words, LONG, safe, times } from './fixtures/explored.js';
import { withRLock, withRLockInTime } from './fixtures/scenarios.mjs';

test.each([
  [2, 3],
  [3, 3],
  [4, 2],
])('RLK-01 %i threads that enter twice exclude each other, bound %i', { timeout: LONG }, async (threads, bound) => {
  await safe({ threads: times(threads, withRLock), words, bound, invariant: counts(threads) });
});

test('RLK-01 a wait that runs out of time leaves the line, and nothing is lost', async () => {
  await safe({
    threads: [withRLockInTime, withRLock],
    words,
    bound: 3,
    invariant: (shared, { results }) => shared.load(0) === 1 + (results[0] as number),
  });
});

test('F22 a thread that dies inside leaves nobody waiting, bound 2', { timeout: LONG }, async () => {
  await safe({ threads: times(2, withRLock), words, bound: 2, crashes: 1 });
});
