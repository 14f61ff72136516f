import { expect, test } from 'vitest';
import { WaiterRow, type LetIn, type Leaver } from './waiter-row.js';

interface Named extends Leaver {
  readonly name: number;
}

/** The same numbers for the same seed. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
}

test.each([1, 2, 3, 4])('LCK-04 LCK-13 a row does what a plain list does, seed %i', (seed) => {
  const next = numbers(seed);
  const row = new WaiterRow<Named>();
  const list: (LetIn | Named)[] = [];
  for (let step = 0; step < 4_000; step++) {
    // It grows for a while and shrinks for a while.
    const grows = Math.floor(step / 500) % 2 === 0 ? 6 : 3;
    const what = next(9);
    if (what < grows) {
      const one = next(2) === 0 ? (): void => {} : { waits: true, name: step };
      row.push(one);
      list.push(one);
    } else if (what < 7) {
      expect(row.shift()).toBe(list.shift());
    } else {
      const leavers = list.filter((one) => typeof one !== 'function');
      const leaver = leavers[next(Math.max(leavers.length, 1))];
      if (leaver === undefined) continue;
      list.splice(list.indexOf(leaver), 1);
      expect([row.leave(leaver), row.leave(leaver)]).toEqual([true, false]);
    }
    expect(row.size).toBe(list.length);
  }
  while (list.length > 0) expect(row.shift()).toBe(list.shift());
  expect([row.shift(), row.size]).toEqual([undefined, 0]);
});

test('LCK-13 who had its turn cannot leave any more', () => {
  const row = new WaiterRow<Named>();
  const [first, second] = [
    { waits: true, name: 1 },
    { waits: true, name: 2 },
  ];
  row.push(first);
  row.push(second);
  expect(row.shift()).toBe(first);
  expect([row.leave(first), row.size]).toEqual([false, 1]);
});
