/** Every order of small scenes with a condition as it is shipped, within a bound of preemptions. */
import { test } from 'vitest';
import { Condition } from './condition.js';
import { counts, LOCK_WORDS, LONG, safe, times } from './fixtures/explored.js';
import { countAndTellAll, countAndTellAllOrDie, waitForCount, waitForCountInTime } from './fixtures/scenarios.mjs';

const words = LOCK_WORDS + Condition.wordCount;

// A wait leaves the lock, stands in a line of its own and enters the lock again: three times as many steps as the others have.
test.each([
  [1, 3],
  [2, 2],
  [3, 1],
])('CND-05 nobody of %i misses the sign, bound %i', { timeout: LONG }, async (waiters, bound) => {
  await safe({ threads: [...times(waiters, waitForCount), countAndTellAll], words, bound, invariant: counts(1) });
});

test.each([
  [2, 3],
  [3, 2],
])('CND-05 whoever of %i tells first, the sign is not missed, bound %i', { timeout: LONG }, async (tellers, bound) => {
  const threads = [waitForCount, ...times(tellers, countAndTellAll)];
  await safe({ threads, words, bound, invariant: counts(tellers) });
});

test('F22 who dies, waiting or before it tells, leaves nobody waiting, bound 2', { timeout: LONG }, async () => {
  await safe({ threads: [waitForCountInTime, countAndTellAllOrDie], words, bound: 2, crashes: 1 });
});
