import { expect, test } from 'vitest';
import { counting, flag } from '../fixtures/scenarios.js';
import { orphans, patience } from '../fixtures/timed-scenarios.js';
import { explore } from './explore.js';

const broken = counting(2, 1, 'forgets the contended mark');

test.each(['pct', 'random'] as const)(
  '%s finds a lock that forgets who waits, the same with the same seed',
  async (search) => {
    const found = await explore({ ...broken, search, runs: 1_000 });
    expect([found.executions, found.exhausted]).toEqual([1_000, false]);
    expect(found.failures[0]?.kind).toBe('deadlock');
    const again = await explore({ ...broken, search, runs: 1_000 });
    expect([again.failed, again.failures]).toEqual([found.failed, found.failures]);
    const other = await explore({ ...broken, search, runs: 1_000, seed: 7 });
    expect(other.failed).toBeGreaterThan(0);
    expect(other.failed).not.toBe(found.failed);
  },
);

test('with one change of priorities, pct does not find what needs two preemptions', async () => {
  expect((await explore({ ...broken, search: 'pct', bound: 1, runs: 1_000 })).failed).toBe(0);
});

test('what was drawn at random is shrunk to the two preemptions that it takes, and fails when replayed', async () => {
  const found = await explore({ ...counting(3, 2, 'forgets the contended mark'), search: 'random', runs: 200 });
  const [failure] = found.failures;
  expect(failure?.trace.filter(({ preempts }) => preempts).length).toBeLessThanOrEqual(2);
  const again = await explore({ ...counting(3, 2, 'forgets the contended mark'), replay: failure?.choices ?? '' });
  expect(again.failures[0]?.trace).toEqual(failure?.trace);
});

test.each(['pct', 'random'] as const)('%s lets time run out, and kills', async (search) => {
  const late = await explore({ ...patience('stays in line when its time is over'), search, runs: 1_500 });
  expect(late.failed).toBeGreaterThan(0);
  const killed = await explore({ ...orphans(), search, runs: 1_500 });
  expect(killed.failures[0]?.message).toContain('killed');
});

test.each(['pct', 'random'] as const)('%s finds nothing in what is right', async (search) => {
  expect((await explore({ ...flag(2), search, runs: 1_500 })).failed).toBe(0);
  expect((await explore({ ...patience(), search, runs: 1_500 })).failed).toBe(0);
});
