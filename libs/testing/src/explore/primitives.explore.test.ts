import { expect, test } from 'vitest';
import { counting, flag, meeting, passing, permits, type Scenario } from '../fixtures/scenarios.js';
import { explore } from './explore.js';

/** How many schedules there are with at most 0, 1, 2, 3 preemptions: counted by another explorer, of generators in one thread. */
const sizes: readonly (readonly [string, Scenario, readonly number[]])[] = [
  ['a lock, 2 threads', counting(2, 1), [2, 8, 20, 44]],
  ['a lock, 2 threads, twice', counting(2, 2), [2, 16, 78, 300]],
  ['a lock, 3 threads', counting(3, 1), [6, 78, 528, 2_814]],
  ['a semaphore, 1 gives, 2 take', permits(2), [10, 82, 372, 1_262]],
  ['a semaphore, 1 gives, 3 take', permits(3), [96, 1_722, 15_756]],
  ['a condition, 1 waits', flag(1), [2, 11, 43, 142]],
  ['a condition, 2 wait, all are woken', flag(2), [10, 190, 2_234, 19_954]],
  ['a ring of 1, 2 items', passing(2), [2, 20, 142, 720]],
  ['a ring of 1, 3 items', passing(3), [2, 32, 328, 2_539]],
  ['a barrier, 2 parties, 2 rounds', meeting(2, 2), [2, 16, 98, 404]],
  ['a barrier, 3 parties', meeting(3, 1), [12, 120, 792, 3_576]],
];

test.each(sizes)('%s: every schedule is run once, and none fails', async (_, scenario, counts) => {
  for (const [bound, executions] of counts.entries()) {
    const found = await explore({ ...scenario, bound });
    expect({ bound, executions: found.executions }).toEqual({ bound, executions });
    expect(found.exhausted).toBe(true);
    expect(found.failures).toEqual([]);
  }
});

test('a lock, 2 threads: without a bound there are 316 schedules', async () => {
  const found = await explore({ ...counting(2, 1), bound: Infinity });
  expect([found.executions, found.exhausted, found.failed]).toEqual([316, true, 0]);
});

test('a lock, 4 threads, with 2 preemptions', async () => {
  const found = await explore({ ...counting(4, 1), bound: 2 });
  expect([found.executions, found.failed]).toEqual([11_544, 0]);
});
