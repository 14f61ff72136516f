import { expect, test } from 'vitest';
import { counting, flag, meeting, passing, permits } from '../fixtures/scenarios.js';
import { orphans, patience, survivors } from '../fixtures/timed-scenarios.js';
import type { ExploreOptions } from './explore-options.js';
import { explore } from './explore.js';
import type { FailureKind } from './failure.js';

type Scenario = Pick<ExploreOptions, 'threads' | 'words'>;

/** What each primitive may get wrong: how it shows, and in which execution with at most 2 preemptions. */
const mutants: readonly (readonly [string, Scenario, FailureKind, number])[] = [
  ['a lock forgets that others wait', counting(2, 1, 'forgets the contended mark'), 'deadlock', 4],
  ['the same with 3 threads', counting(3, 1, 'forgets the contended mark'), 'deadlock', 4],
  ['a lock notifies before the store', counting(2, 1, 'notifies before the store'), 'deadlock', 3],
  ['a semaphore notifies before the store', permits(1, 'notifies before the store'), 'deadlock', 2],
  ['a semaphore takes without looking again', permits(2, 'takes without looking again'), 'invariant', 2],
  ['a semaphore does not notify', permits(1, 'does not notify'), 'deadlock', 2],
  ['a condition reads the sequence after unlocking', flag(1, 'reads the sequence after unlocking'), 'deadlock', 10],
  ['the same when 2 threads wait', flag(2, 'reads the sequence after unlocking'), 'deadlock', 80],
  ['a condition wakes one where all are needed', flag(2, 'wakes one where all are needed'), 'deadlock', 1],
  ['a ring counts before it writes', passing(2, 'counts before it writes'), 'invariant', 4],
  ['a ring does not look before it writes', passing(2, 'does not look before it writes'), 'invariant', 1],
  ['a barrier opens before it counts anew', meeting(2, 2, 'opens before it counts anew'), 'deadlock', 30],
  ['a barrier wakes one where all are needed', meeting(3, 1, 'wakes one where all are needed'), 'deadlock', 1],
  ['a waiter stays in line when its time is over', patience('stays in line when its time is over'), 'invariant', 4],
  ['a late permit is lost', patience('loses a permit that comes when its time is over'), 'invariant', 4],
  ['the owner of a lock is killed', orphans(), 'deadlock', 9],
  ['waiters of a dead owner sleep for ever', survivors(2, 'sleeps for ever'), 'deadlock', 22],
  ['waiters do not ask whether the owner lives', survivors(2, 'does not ask who is alive'), 'livelock', 38],
];

test.each(mutants)('caught: %s', async (_, scenario, kind, execution) => {
  const found = await explore({ ...scenario, bound: 2, limit: execution, keep: 1 });
  expect(found.failures[0]).toMatchObject({ kind, execution });
});

test('with one preemption less, some of them pass', async () => {
  for (const [, scenario] of [0, 2, 11, 13, 14].map((at) => mutants[at] as (typeof mutants)[number])) {
    expect(await explore({ ...scenario, bound: 1 })).toMatchObject({ exhausted: true, failed: 0 });
  }
});
