import type { Words } from '@interleave/memory';
import { describe, expect, test } from 'vitest';
import { drawnProgram, drawnTwins, everything } from '../fixtures/drawn-programs.js';
import { mutants } from '../fixtures/mutants.js';
import { cancelling, closing } from '../fixtures/queue-scenarios.js';
import { counting, flag, meeting, passing, permits } from '../fixtures/scenarios.js';
import { patience, survivors } from '../fixtures/timed-scenarios.js';
import type { ExploreOptions } from './explore-options.js';
import type { Exploration } from './exploration.js';
import { explore } from './explore.js';
import type { FailureKind } from './failure.js';
import type { Cells } from './watched-cells.js';

interface Agreement {
  /** Executions of the full and of the reduced search. */
  readonly executions: readonly [number, number];
  /** How the first failure shows, if there is one. */
  readonly kind: FailureKind | undefined;
}

/** Expects that a full and a reduced search see the same ends. */
async function agree({ twins = false, ...options }: ExploreOptions): Promise<Agreement> {
  const full = await explore({ outcome: everything, keep: 1, ...options });
  const reduced = await explore({ outcome: everything, keep: 1, ...options, reduce: true, twins });
  const ends = ({ exhausted, failed, failures, outcomes }: Exploration): unknown => [
    exhausted,
    failed > 0,
    failures.map(({ kind }) => kind),
    [...outcomes.keys()].sort(),
  ];
  expect(ends(reduced)).toEqual(ends(full));
  return { executions: [full.executions, reduced.executions], kind: reduced.failures[0]?.kind };
}

describe('a reduced search sees every end that the full one sees', () => {
  test.each([
    ['a lock', counting(3, 1)],
    ['a semaphore', permits(2)],
    ['a condition', flag(2)],
    ['a ring', passing(2)],
    ['a barrier', meeting(3, 1)],
    ['a queue that is closed', closing(2)],
    ['a task that is cancelled', cancelling()],
    ['a killed thread', survivors(3)],
  ])('%s', async (_, scenario) => {
    const [full, reduced] = (await agree({ ...scenario, bound: 2 })).executions;
    expect(reduced).toBeLessThan(full);
  });

  test('waits that run out of time', async () => {
    await agree({ ...patience(), bound: 3 });
  });

  test.each(Object.entries(mutants))('caught: %s', async (_, { scenario, kind }) => {
    expect((await agree({ ...scenario, bound: 2 })).kind).toBe(kind);
  });

  // In the last one a thread must die when it has nothing left to do but to sleep.
  test.each([1, 2, 4, 5, 6, 48])('drawn program %i', async (seed) => {
    await agree({ ...drawnProgram(seed), bound: 3 });
    await agree({ ...drawnProgram(seed), bound: 1, crashes: 1 });
  });

  test.each([1, 3])('drawn twins %i', async (seed) => {
    await agree({ ...drawnTwins(seed), twins: true, bound: 2 });
    await agree({ ...drawnTwins(seed), twins: true, bound: 1, crashes: 1 });
  });

  test('without a bound', async () => {
    expect((await agree({ ...counting(2, 1), bound: Infinity })).executions).toEqual([316, 36]);
  });

  test('with plain memory, raced for or not', async () => {
    const count = (words: Words, _me: number, cells: Cells): number => {
      if (words.add(0, 1) === 1) words.store(1, 1);
      if (words.load(1) === 1) cells[0] = (cells[0] ?? 0) + 1;
      return cells[1] ?? 0;
    };
    await agree({ threads: [count, count], words: 2, cells: 2, bound: 3 });
  });

  test('with tasks on event loops', async () => {
    const wait = async (words: Words, me: number): Promise<string> => {
      const aborting = new AbortController();
      const first = words.waitAsync(0, 0, { signal: aborting.signal, timeout: 20 });
      const second = words.waitAsync(1, 0);
      words.add(2, 1);
      if (words.load(2) === 2) aborting.abort();
      return `${me} ${await first} ${await second}`;
    };
    const wake = (words: Words): void => {
      words.notify(0, 1);
      words.store(1, 1);
      words.notify(1);
    };
    await agree({ threads: [wait, wait, wake], words: 3, bound: 2 });
  });
});

test('twins begin in order: of 6 ways to begin one is left', async () => {
  const full = await explore({ ...counting(3, 1), bound: 0 });
  const twins = await explore({ ...counting(3, 1), bound: 0, twins: true });
  expect([full.executions, twins.executions]).toEqual([6, 1]);
  const broken = await explore({ ...counting(3, 1, 'forgets the contended mark'), twins: true, reduce: true });
  expect(broken.failures[0]?.kind).toBe('deadlock');
});

test('what cannot be reduced is refused', async () => {
  await expect(explore({ ...counting(2, 1), reduce: true, bound: 14 })).rejects.toThrow(RangeError);
  await expect(explore({ ...counting(8, 1), reduce: true })).rejects.toThrow('of 8 threads');
  await expect(explore({ ...counting(2, 1), reduce: true, search: 'random' })).rejects.toThrow('it has to be bounded');
});
