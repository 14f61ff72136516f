import { expect, test } from 'vitest';
import { TimerHeap, type TimerHeapEntry } from './timer-heap.js';

test('entries come out by their time, and equal ones by their age, as from a sorted list, whatever is taken out between', () => {
  let state = 42;
  const below = (limit: number): number => (state = (state * 48_271) % 2_147_483_647) % limit;
  const heap = new TimerHeap<TimerHeapEntry>();
  const list: TimerHeapEntry[] = [];
  let age = 0;
  for (let round = 0; round < 3_000; round++) {
    const what = below(4);
    if (what < 2) {
      const entry = { due: below(50), age: age++, place: -1 };
      heap.add(entry);
      list.push(entry);
      list.sort((a, b) => a.due - b.due || a.age - b.age);
    } else if (what === 2) {
      expect(heap.peek()).toBe(list[0]);
      expect(heap.shift()).toBe(list.shift());
    } else if (list.length > 0) {
      const [entry] = list.splice(below(list.length), 1) as [TimerHeapEntry];
      expect([heap.delete(entry), heap.delete(entry)]).toEqual([true, false]);
    }
    expect(heap.size).toBe(list.length);
  }
  while (list.length > 0) expect(heap.shift()).toBe(list.shift());
  expect([heap.size, heap.peek(), heap.shift()]).toEqual([0, undefined, undefined]);
});
