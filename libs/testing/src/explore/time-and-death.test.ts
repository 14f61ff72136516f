import type { Words } from '@interleave/memory';
import { expect, test } from 'vitest';
import { orphans, patience, survivors } from '../fixtures/timed-scenarios.js';
import { explore } from './explore.js';

test('time passes when nobody can go on, and no real time with it', async () => {
  const nap = (words: Words): unknown => {
    const begun = words.now();
    const how = words.wait(0, 0, 3_600_000);
    return [how, words.now() - begun, words.wait(0, 0, 0), words.wait(0, 1)];
  };
  const seen: unknown[] = [];
  const found = await explore({ threads: [nap], words: 1, invariant: (_, { results }) => seen.push(results[0]) });
  expect([found.executions, seen[0]]).toEqual([1, ['timed-out', 3_600_000, 'timed-out', 'not-equal']]);
});

test('the first deadline comes first; another order costs one of the bound', async () => {
  const nap = (words: Words, me: number): void => {
    words.wait(1, 0, 10 * (2 - me));
    words.compareExchange(0, 0, me + 1);
  };
  const first = async (bound: number): Promise<number[]> => {
    const found = await explore({ threads: [nap, nap], words: 2, bound, outcome: (words) => words.load(0) });
    return [...found.outcomes.keys()].map(Number).sort();
  };
  expect(await first(0)).toEqual([2]);
  expect(await first(1)).toEqual([1, 2]);
});

test('a wait may run out of time at any moment, and be woken at any other', async () => {
  const nap = (words: Words): string => words.wait(0, 0, 50);
  const wake = (words: Words): number => words.notify(0);
  const seen = new Set<string>();
  const found = await explore({
    threads: [nap, wake],
    words: 1,
    invariant: (_, { results }) => seen.add(results.join(' ')),
  });
  expect(found.failed).toBe(0);
  expect([...seen].sort()).toEqual(['ok 1', 'timed-out 0']);
});

test('a semaphore with waits that run out of time is right in every order', async () => {
  const found = await explore({ ...patience(), bound: 3 });
  expect([found.exhausted, found.failed]).toEqual([true, 0]);
});

test('a thread may be killed before any step: one step and one kill for each', async () => {
  const work = (words: Words): void => {
    words.add(0, 1);
    words.add(0, 1);
  };
  const found = await explore({
    threads: [work],
    words: 1,
    crashes: 1,
    outcome: (words, { killed }) => `${words.load(0)} added, ${killed.length} killed`,
  });
  expect([...found.outcomes]).toEqual([
    ['2 added, 0 killed', 1],
    ['1 added, 1 killed', 1],
    ['0 added, 1 killed', 1],
  ]);
});

test('a lock that does not know its owner hangs when the owner is killed; the table says who', async () => {
  const found = await explore({ ...orphans(), bound: 0 });
  expect(found.failures[0]).toMatchObject({ kind: 'deadlock' });
  expect(found.failures[0]?.message).toMatch(
    /^use [01] sleeps on lock, and nobody is left to wake them \(use [01] killed\)$/,
  );
  expect(found.failures[0]?.toText()).toContain('is killed here');
  const again = await explore({ ...orphans(), replay: found.failures[0]?.choices ?? '' });
  expect(again.failures[0]?.trace).toEqual(found.failures[0]?.trace);
});

test('a lock that asks whether its owner lives survives it, in every order', async () => {
  const found = await explore({ ...survivors(2), bound: 2 });
  expect([found.exhausted, found.failures]).toEqual([true, []]);
});

test('one that does not ask, or sleeps for ever, does not', async () => {
  expect((await explore({ ...survivors(2, 'sleeps for ever') })).failures[0]?.kind).toBe('deadlock');
  expect((await explore({ ...survivors(2, 'does not ask who is alive'), limit: 2_000 })).failures[0]?.kind).toBe(
    'livelock',
  );
});
