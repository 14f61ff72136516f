import { expect, test } from 'vitest';
import { Spin } from './spin.js';

/** Counts the looks of one wait, which the look of that number ends. */
function wait(spin: Spin, endedBy = Infinity): number {
  let looks = 0;
  spin.until(() => (looks += 1) === endedBy);
  return looks;
}

test('MEM-20 waits that end in sleep halve the looks, down to a hundred; one that a look ends doubles them', () => {
  const spin = new Spin(1_000);
  expect([wait(spin), wait(spin), wait(spin), wait(spin), wait(spin)]).toEqual([1_000, 500, 250, 125, 100]);
  expect([wait(spin, 40), spin.looks, wait(spin, 200), wait(spin, 1), spin.looks]).toEqual([40, 200, 200, 1, 800]);
  expect([wait(spin, 1), spin.looks]).toEqual([1, 1_000]);
});

test('MEM-20 where looks do not help, one wait of sixteen tries all of them', () => {
  const spin = new Spin(200);
  expect([wait(spin), wait(spin)]).toEqual([200, 100]);
  const next = Array.from({ length: 36 }, () => wait(spin));
  expect(next.flatMap((looks, at) => (looks === 200 ? [at] : []))).toEqual([15, 32]);
  expect(new Set(next)).toEqual(new Set([100, 200]));
});

test('MEM-20 without looks there is none, and few stay as few as they are', () => {
  const never = new Spin(0);
  const few = new Spin(3);
  for (let time = 0; time < 40; time++) expect([wait(never), wait(few)]).toEqual([0, 3]);
});
