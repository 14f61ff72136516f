import { expect, test } from 'vitest';
import { borrowCopy, giveBack } from './spare-memory.js';

test('memory that was given back serves again, and no memory serves two', () => {
  const first = borrowCopy(new Uint8Array(100_000).fill(1));
  const second = borrowCopy(new Uint8Array(100_000).fill(2));
  expect(first.buffer).not.toBe(second.buffer);
  giveBack(first);
  const third = borrowCopy(new Uint8Array(90_000).fill(3));
  expect(third.buffer).toBe(first.buffer);
  expect(Buffer.compare(third, Buffer.alloc(90_000, 3))).toBe(0);
  expect(Buffer.compare(second, Buffer.alloc(100_000, 2))).toBe(0);
});

test('much is not kept', () => {
  const many = Array.from({ length: 9 }, () => borrowCopy(new Uint8Array(1_000_000)));
  const huge = borrowCopy(new Uint8Array(5_000_000));
  const before = new Set<unknown>([huge, ...many].map(({ buffer }) => buffer));
  for (const each of [huge, ...many]) giveBack(each);
  expect(before.has(borrowCopy(new Uint8Array(5_000_000)).buffer)).toBe(false);
  const after = many.map((each) => before.has(borrowCopy(each).buffer));
  expect(after.filter((again) => again)).toHaveLength(4);
});
