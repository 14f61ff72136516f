import { expect, test } from 'vitest';
import { TaskQueue, type QueueEntry } from './task-queue.js';

class Entry implements QueueEntry {
  position: number | undefined = undefined;
  readonly id: number;
  readonly priority: number;
  constructor(id: number, priority = 0) {
    this.id = id;
    this.priority = priority;
  }
}

const ids = (entries: readonly Entry[]): number[] => entries.map(({ id }) => id);

test('first come, first served, within priorities', () => {
  const queue = new TaskQueue<Entry>();
  [new Entry(1), new Entry(2, 5), new Entry(3), new Entry(4, -1), new Entry(5, 5)].forEach((each) => queue.push(each));
  expect(ids(queue.list())).toEqual([2, 5, 1, 3, 4]);
  const order: number[] = [];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) order.push(next.id);
  expect(order).toEqual([2, 5, 1, 3, 4]);
  expect(queue.size).toBe(0);
});

test('behaves like a plain list under random use', () => {
  // A simple generator: the same numbers on every run.
  let seed = 7;
  const random = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((seed / 2 ** 31) * below);
  };
  for (let round = 0; round < 20; round++) {
    const queue = new TaskQueue<Entry>();
    let model: Entry[] = [];
    let next = 0;
    const sorted = (): Entry[] => [...model].sort((a, b) => b.priority - a.priority);
    for (let step = 0; step < 500; step++) {
      const what = random(10);
      if (what < 4 || (round % 4 === 0 && what < 6)) {
        const entry = new Entry(next++, round % 2 === 0 ? 0 : random(3));
        queue.push(entry);
        model.push(entry);
      } else if (what < 8) {
        const taken = queue.shift();
        expect(taken).toBe(sorted()[0]);
        model = model.filter((each) => each !== taken);
      } else if (what === 8) {
        const victim = model[random(model.length + 1)];
        if (victim === undefined) continue;
        expect(queue.remove(victim)).toBe(true);
        expect(queue.remove(victim)).toBe(false);
        model = model.filter((each) => each !== victim);
      } else {
        const back: Entry[] = [];
        for (let count = random(4); count > 0; count--) {
          const taken = queue.shift();
          if (taken !== undefined) back.push(taken);
        }
        model = [...back, ...model.filter((each) => !back.includes(each))];
        queue.putBack(back);
      }
      expect(queue.size).toBe(model.length);
    }
    expect(ids(queue.list())).toEqual(ids(sorted()));
  }
});

test('50,000 entries pass through, and back again, in linear time', () => {
  const queue = new TaskQueue<Entry>();
  for (let id = 0; id < 50_000; id++) queue.push(new Entry(id));
  let moved = 0;
  while (queue.size > 0) {
    const taken: Entry[] = [];
    for (let count = 0; count < 1_000; count++) {
      const entry = queue.shift();
      if (entry !== undefined) taken.push(entry);
    }
    moved += taken.length;
    if (moved % 3_000 === 0) queue.putBack(taken.slice(500));
  }
  expect(queue.shift()).toBe(undefined);
  expect(moved).toBeGreaterThan(50_000);
});
