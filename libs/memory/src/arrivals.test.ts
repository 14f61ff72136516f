import { expect, test } from 'vitest';
import { Arrivals } from './index.js';

test('MEM-21 what comes back is the same object, what comes twice is made once', () => {
  const here = new Arrivals<object>();
  const there = new Arrivals<object>();
  const original = {};
  const id = here.idOf(original);
  expect(here.idOf(original)).toBe(id);
  expect(here.idOf({})).not.toBe(id);
  expect(here.arrive(id, () => ({}))).toBe(original);
  const made = there.arrive(id, () => ({}));
  expect(made).not.toBe(original);
  expect(there.arrive(id, () => ({}))).toBe(made);
  expect(there.idOf(made)).toBe(id);
});
