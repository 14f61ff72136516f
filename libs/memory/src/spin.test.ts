import { expect, test } from 'vitest';
import { Spin } from './spin.js';

/** Counts the looks of one wait, which the look of that number ends. */
function wait(spin: Spin, endedBy = Infinity): number {
  let looks = 0;
  spin.until(() => (looks += 1) === endedBy);
  return looks;
}

test('MEM-20 waits that end in sleep halve the looks, down to twenty; one that a look ends doubles them', () => {
  const spin = new Spin(200);
  expect([wait(spin), wait(spin), wait(spin), wait(spin), wait(spin)]).toEqual([200, 100, 50, 25, 20]);
  expect([wait(spin, 8), spin.looks, wait(spin, 40), wait(spin, 1), spin.looks]).toEqual([8, 40, 40, 1, 160]);
  expect([wait(spin, 1), spin.looks]).toEqual([1, 200]);
});

test('MEM-20 where looks do not help, ever fewer waits try all of them, until one is not in vain', () => {
  const spin = new Spin(40);
  expect([wait(spin)]).toEqual([40]);
  const tries = (count: number): number[] =>
    Array.from({ length: count }, () => wait(spin)).flatMap((looks, at) => (looks === 40 ? [at] : []));
  expect(tries(16 + 32 + 64 + 4)).toEqual([16, 16 + 33, 16 + 33 + 65]);
  // After 128, after 256, and from then on after 512.
  expect(tries(20_000).length).toBe(2 + Math.floor((20_000 + 4 - 129 - 257) / 513));
  expect([wait(spin, 5), spin.looks, wait(spin)]).toEqual([5, 40, 40]);
  expect(tries(20)).toEqual([16]);
});

test('MEM-20 without looks there is none, and few stay as few as they are', () => {
  const never = new Spin(0);
  const few = new Spin(3);
  for (let time = 0; time < 40; time++) expect([wait(never), wait(few)]).toEqual([0, 3]);
});
