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

test.each([
  [2, 3],
  [3, 2],
])('EVT-02 nor do %i who wait, bound %i', async (waiters, bound) => {
  await safe({ threads: [...Array.from({ length: waiters }, () => wait), set], bound });
});

test('EVT-03 a wait that runs out of time says so, and takes nothing along, bound 3', async () => {
  await safe({
    threads: [waitInTime, wait, set],
    bound: 3,
    reduce: true,
    invariant: (_, { results }) => results[1] === true,
  });
});

test('set wakes who waits, even if it is cleared before they run', async () => {
  await safe({
    threads: [waitInTime, setAndClear],
    bound: 3,
    invariant: (words) => words.load(0) % 2 === 0,
  });
});

test.each([1, 2, 3])('F22 of %i who wait, or set it, one dies anywhere: no other waits for ever', async (waiters) => {
  await safe({
    threads: [...Array.from({ length: waiters }, () => waitInTime), set],
    bound: 2,
    crashes: 1,
    reduce: true,
    twins: true,
    // It is set, unless that one died.
    invariant: (words, { killed }) => killed.includes(waiters) || words.load(0) % 2 === 1,
  });
});
