import { expect, test } from 'vitest';
import { Balancer } from './balancer.js';
import { PoolFunction } from './functions.js';
import { PoolTask } from './pool-task.js';
import { WorkerLink } from './worker-link.js';

/** A worker with two short tasks that does not answer, and what a look at it brings. */
async function look(begun: boolean): Promise<{ cost: number; taken: number }> {
  const link = new WorkerLink('w', 0, Infinity);
  link.ready = true;
  const fn = new PoolFunction(0, { id: 'f', name: 'f', data: undefined });
  fn.measured(1, 0.001);
  const tasks = [0, 1].map((slot) => {
    // Nothing asks for the job here.
    const task = new PoolTask(undefined as never, fn, 0, undefined);
    link.add(task, slot);
    return task;
  });
  link.answers = 1;
  link.seen = 1;
  return new Promise((resolve) => {
    // The timer of a balancer does not keep the event loop of this test awake.
    const awake = setInterval(() => {}, 1);
    const putBack = (taken: readonly PoolTask[]): void => {
      setImmediate(() => {
        balancer.stop();
        clearInterval(awake);
        resolve({ cost: fn.cost, taken: taken.length });
      });
    };
    const reclaim = (task: PoolTask): boolean => {
      if (begun && task === tasks[0]) return false;
      link.drop(task);
      link.answered();
      return true;
    };
    const balancer = new Balancer(new Set([link]), reclaim, putBack, () => begun);
    balancer.watch();
  });
}

test('a function whose call takes long counts as slow', async () => {
  const { cost, taken } = await look(true);
  expect(taken).toBe(1);
  expect(cost).toBeGreaterThan(1);
});

test('a function does not count as slow because its worker got no processor', async () => {
  const { cost, taken } = await look(false);
  expect(taken).toBe(2);
  expect(cost).toBeCloseTo(0.001);
});
