/** Every order of small scenes with a lock as it is shipped, within a bound of preemptions. */
import { explore } from '@interleave/testing';
import { expect, test } from 'vitest';
import { counts, LOCK_WORDS as words, LONG, safe, times, type Invariant } from './fixtures/explored.js';
import { tryLock, withLock, withLockInTime, withLockTwice } from './fixtures/scenarios.mjs';

test('LCK-04 two threads exclude each other: all schedules, bound 3', async () => {
  const found = await explore({ threads: times(2, withLock), words, bound: 3, invariant: counts(2) });
  expect(found).toMatchObject({ executions: 11_350, exhausted: true, failures: [] });
});

test('LCK-04 so do three, bound 3', { timeout: LONG }, async () => {
  await safe({ threads: times(3, withLock), words, bound: 3, invariant: counts(3) });
});

test('LCK-04 and four, bound 2', { timeout: LONG }, async () => {
  await safe({ threads: times(4, withLock), words, bound: 2, invariant: counts(4) });
});

test('LCK-04 two threads, twice each', async () => {
  await safe({ threads: times(2, withLockTwice), words, bound: 2, invariant: counts(4) });
});

const tries: Invariant = (shared, { results }) => shared.load(0) === 1 + (results[0] as number);

test('LCK-07 F24 a wait that runs out of time leaves the line, and nothing is lost', async () => {
  await safe({ threads: [withLockInTime, withLock], words, bound: 3, invariant: tries });
});

test('LCK-02 LCK-03 who only tries never waits and never breaks in', async () => {
  await safe({ threads: [tryLock, withLock], words, bound: 3, invariant: tries });
});

test('F22 a thread that dies anywhere leaves nobody waiting, bound 2', { timeout: LONG }, async () => {
  await safe({ threads: times(2, withLock), words, bound: 2, crashes: 1 });
});

test('F22 nor does one of three', { timeout: LONG }, async () => {
  await safe({ threads: times(3, withLock), words, bound: 1, crashes: 1 });
});
