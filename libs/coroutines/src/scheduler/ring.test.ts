import { expect, test } from 'vitest';
import { Ring } from './ring.js';

test('first in, first out, while it grows and goes round', () => {
  const ring = new Ring<{ n: number }>();
  const list: { n: number }[] = [];
  for (let n = 0; n < 5_000; n++) {
    const item = { n };
    ring.push(item);
    list.push(item);
    if (n % 3 !== 0) expect(ring.shift()).toBe(list.shift());
    expect(ring.size).toBe(list.length);
  }
  while (list.length > 0) expect(ring.shift()).toBe(list.shift());
  expect([ring.size, ring.shift()]).toEqual([0, undefined]);
});
