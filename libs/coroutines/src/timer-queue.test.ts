import { expect, test } from 'vitest';
import { TimerQueue, type TimerQueueEntry } from './timer-queue.js';

interface Entry extends TimerQueueEntry {
  readonly due: number;
}

const entryOf = (due: number, age: number): Entry => ({
  due,
  age,
  place: -1,
  slot: -1,
});

/** A number from 0 up to the limit, the same on every run. */
function dice(): (limit: number) => number {
  let state = 7_654_321;
  return (limit) => ((state = (state * 48_271) % 2_147_483_647) / 2_147_483_647) * limit;
}

test('takes out what is due, in the order of a sorted list, parts of a millisecond and equals included', () => {
  const below = dice();
  let now = 1_000.25;
  const queue = new TimerQueue<Entry>(now);
  let waiting: Entry[] = [];
  for (let age = 0; age < 20_000; age++) {
    const what = below(10);
    if (what < 6) {
      const far = below([0, 0.5, 3, 300, 100_000][Math.floor(below(5))] as number);
      // Quarters, so that some are equal.
      const entry = entryOf(now + Math.floor(far * 4) / 4, age);
      queue.add(entry, now);
      waiting.push(entry);
    } else if (what < 7 && waiting.length > 0) {
      const [entry] = waiting.splice(Math.floor(below(waiting.length)), 1) as [Entry];
      expect([queue.delete(entry), queue.delete(entry)]).toEqual([true, false]);
    } else {
      const next = queue.next();
      now += Math.floor(below([0.5, 2, 40, 5_000][Math.floor(below(4))] as number) * 4) / 4;
      const taken = queue.takeAll(now);
      const due = waiting.filter((entry) => entry.due <= now).sort((a, b) => a.due - b.due || a.age - b.age);
      waiting = waiting.filter((entry) => entry.due > now);
      expect(taken).toEqual(due);
      if (due.length > 0) expect(next).toBeLessThanOrEqual((due[0] as Entry).due);
    }
    expect(queue.size).toBe(waiting.length);
    expect(queue.next() === Infinity).toBe(waiting.length === 0);
  }
});

test('next is exact for what is due in the millisecond that it is', () => {
  const queue = new TimerQueue<Entry>(5);
  queue.add(entryOf(7.75, 0), 5);
  expect([queue.next(), queue.takeAll(7), queue.next()]).toEqual([7, [], 7.75]);
});
