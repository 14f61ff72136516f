import { expect, test } from 'vitest';
import type { Clock } from './clock.js';
import { Deadline } from './deadline.js';
import { TimeoutError } from './errors.js';

test('every step of an operation shares one limit', () => {
  let time = 100;
  const clock: Clock = { now: () => time, setTimer: () => () => {} };
  const deadline = Deadline.after(50, { clock });
  expect(deadline.remaining()).toBe(50);
  time += 30;
  expect(deadline.remaining()).toBe(20);
  expect(deadline.expired).toBe(false);
  deadline.check('connect');
  time += 30;
  expect(deadline.remaining()).toBe(0);
  expect(() => deadline.check('connect')).toThrow(new TimeoutError('Cannot connect: time ran out'));
});

test('no timeout never comes; a bad one is refused', () => {
  expect(Deadline.never().remaining()).toBe(Infinity);
  expect(Deadline.after(undefined).expired).toBe(false);
  expect(Deadline.after(-5).expired).toBe(true);
  expect(() => Deadline.after(-5, { negative: 'refuse' })).toThrow(RangeError);
  expect(() => Deadline.after(NaN)).toThrow(RangeError);
});
