import { expect, test } from 'vitest';
import type { Job } from '../job.js';
import { ARGS_NONE } from '../protocol.js';
import { PoolFunction } from './functions.js';
import { PoolTask } from './pool-task.js';
import { WorkerLink } from './worker-link.js';

const definition = { id: 'f', name: 'f', data: undefined };
const quick = new PoolFunction(0, definition);
quick.measured(1, 2);

/** A link with so many tasks of a function that takes 2 ms. */
function linkWith(count: number): { link: WorkerLink; tasks: PoolTask[] } {
  const link = new WorkerLink('worker', 0, Infinity);
  link.ready = true;
  const tasks = Array.from({ length: count }, () => new PoolTask({} as Job, quick, ARGS_NONE, undefined));
  tasks.forEach((task, slot) => link.add(task, slot));
  return { link, tasks };
}

test.each([[[0, 1, 2, 3]], [[3, 2, 1, 0]], [[1, 2, 0, 3]], [[2, 0, 3, 1]]])(
  'tasks leave a worker in any order (%j), and the others stay in theirs',
  (order) => {
    const { link, tasks } = linkWith(4);
    const left = [...tasks];
    for (const at of order) {
      const task = tasks[at] as PoolTask;
      link.drop(task);
      left.splice(left.indexOf(task), 1);
      expect(link.tasks()).toEqual(left);
      expect(link.first()).toBe(left[0]);
      expect(link.load).toBe(2 * left.length);
      expect([task.link, task.before, task.after]).toEqual([undefined, undefined, undefined]);
    }
    const [first] = tasks as [PoolTask];
    link.add(first, 9);
    expect(link.tasks()).toEqual([first]);
  },
);

test('a task that comes back goes last', () => {
  const { link, tasks } = linkWith(3);
  const [first, second, third] = tasks as [PoolTask, PoolTask, PoolTask];
  link.drop(first);
  link.add(first, 7);
  expect(link.tasks()).toEqual([second, third, first]);
});

test('a function of which nothing is here counts as nothing, also one that nobody has measured', () => {
  const { link } = linkWith(1);
  for (let index = 1; index < 20; index += 1) {
    const unknown = new PoolTask({} as Job, new PoolFunction(index, definition), ARGS_NONE, undefined);
    link.add(unknown, index);
    expect(link.load).toBe(Infinity);
    link.drop(unknown);
    expect(link.load).toBe(2);
  }
});
