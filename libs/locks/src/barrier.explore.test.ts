/** Every order of small scenes with a barrier as it is shipped, within a bound of preemptions. */
import { test } from 'vitest';
import { LONG, safe, times, type Invariant } from './fixtures/explored.js';
import { meet, meetFour, meetInTime, meetThree, meetTwice } from './fixtures/scenarios.mjs';

/** Whether in each round everybody has another index, from 0. */
const indexes: Invariant = (_, { results }) => {
  const rounds = (results as readonly (number | readonly number[])[]).map((round) => [round].flat());
  return rounds[0]!.every((_index, round) => {
    const all = rounds.map((each) => each[round]!).sort();
    return all.every((index, at) => index === at);
  });
};

test.each([
  [2, 3, meet],
  [3, 3, meetThree],
  [4, 2, meetFour],
] as const)(
  'BAR-02 BAR-05 %i parties meet, each with an index of its own, bound %i',
  { timeout: LONG },
  async (parties, bound, party) => {
    await safe({ threads: times(parties, party), words: parties + 2, bound, invariant: indexes });
  },
);

test('BAR-03 and once more', { timeout: LONG }, async () => {
  await safe({ threads: times(2, meetTwice), words: 4, bound: 2, invariant: indexes });
});

test('BAR-08 F22 a party that dies breaks it or was through: nobody waits for ever, bound 2', async () => {
  const invariant: Invariant = (_, { results, killed }) =>
    killed.length > 0 || results.every((result) => result === -1) || [...results].sort().join() === '0,1';
  await safe({ threads: times(2, meetInTime), words: 4, bound: 2, crashes: 1, invariant });
});
