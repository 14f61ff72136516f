import { afterEach, expect, test, vi } from 'vitest';
import { exit } from './exit.js';

const end = vi.spyOn(process, 'exit').mockImplementation(() => undefined as never);
afterEach(() => end.mockClear());

test('PRC-18 exit ends with the lowest byte of its status', () => {
  for (const status of [0, 8, 255, 256, 300, -1, -300]) exit(status);
  exit();
  expect(end.mock.calls.map(([code]) => code)).toEqual([0, 8, 255, 0, 44, 255, 212, 0]);
});

test('PRC-18 exit refuses what is no status', () => {
  for (const bad of [1.5, NaN, Infinity]) expect(() => exit(bad)).toThrow(RangeError);
  for (const bad of [null, true, {}]) expect(() => exit(bad as never)).toThrow(TypeError);
  expect(end).not.toHaveBeenCalled();
});
