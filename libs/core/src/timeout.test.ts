import { expect, test } from 'vitest';
import { checkTimeout, TIMEOUT_MAX } from './timeout.js';

test('FAILURES F30: the table of timeouts', () => {
  expect(checkTimeout(undefined)).toBe(Infinity);
  expect(checkTimeout(Infinity)).toBe(Infinity);
  expect(checkTimeout(0)).toBe(0);
  expect(checkTimeout(2 ** 31)).toBe(2 ** 31);
  expect(checkTimeout(TIMEOUT_MAX)).toBe(TIMEOUT_MAX);
  expect(TIMEOUT_MAX).toBeGreaterThanOrEqual(2 ** 31 - 1);
  expect(checkTimeout(-1)).toBe(0);
  expect(() => checkTimeout(-1, 'refuse')).toThrow(RangeError);
  expect(() => checkTimeout(NaN)).toThrow(RangeError);
  expect(() => checkTimeout(TIMEOUT_MAX * 2)).toThrow(RangeError);
  for (const bad of ['5', null, {}, 5n]) expect(() => checkTimeout(bad as unknown as number)).toThrow(TypeError);
});
