/** Every order of small scenes with an event, within a bound of preemptions. */
import { explore, type ExploreOptions } from '@interleave/testing';
import { expect, test } from 'vitest';
import { set, setAndClear, wait, waitInTime } from './fixtures/scenarios.mjs';

async function safe(options: Omit<ExploreOptions, 'words'>): Promise<void> {
  const { failures, exhausted } = await explore({ ...options, words: ['event'] });
  expect(failures.map((failure) => failure.toText())).toEqual([]);
  expect(exhausted).toBe(true);
}

test('EVT-02 nobody misses it, in all orders of one who waits and one who sets', async () => {
  await safe({ threads: [wait, set], bound: Infinity, invariant: (_, { results }) => results[0] === true });
});

test('EVT-02 nor do two or three who wait', async () => {
  await safe({ threads: [wait, wait, set], bound: 3 });
  await safe({ threads: [wait, wait, wait, set], bound: 2 });
});

test('EVT-03 a wait that runs out of time says so, and takes nothing along', async () => {
  await safe({ threads: [waitInTime, wait, set], bound: 2, invariant: (_, { results }) => results[1] === true });
});

test('set wakes who waits, even if it is cleared before they run', async () => {
  await safe({
    threads: [waitInTime, setAndClear],
    bound: 3,
    invariant: (words) => words.load(0) % 2 === 0,
  });
});
