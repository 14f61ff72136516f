import { expect, test } from 'vitest';
import { axisTo, durationText, valueText } from './axis.js';

test('an axis reaches the largest value, wastes little, and always has as many steps', () => {
  for (let most = 1e-4; most < 1e7; most *= 1.013) {
    const { end, ticks, step } = axisTo(most);
    expect(ticks).toHaveLength(6);
    expect(end).toBeGreaterThanOrEqual(most * (1 - 1e-8));
    expect(end).toBeLessThanOrEqual(most * 1.34);
    expect(ticks[1]).toBe(step);
    // No tick prints as 0.30000000000000004.
    for (const tick of ticks) expect(String(tick).length).toBeLessThan(10);
  }
});

test.each([
  [655, 750],
  [2_803, 3_000],
  [700, 750],
  [1_000, 1_000],
  [0, 1],
])('an axis to %d ends at %d', (most, end) => {
  expect(axisTo(most).end).toBe(end);
});

test.each([
  [0, '0 ms'],
  [0.04, '0 ms'],
  [0.35, '0.3 ms'],
  [9.96, '10 ms'],
  [82.4, '82 ms'],
  [2_802.6, '2803 ms'],
  [12_345, '12.3 s'],
])('%d ms reads %s', (ms, text) => {
  expect(durationText(ms)).toBe(text);
});

test.each([
  [0, '0'],
  [1.23456, '1.23'],
  [12.345, '12.3'],
  [2_803.4, '2803'],
  [1_234_567, '1234567'],
])('value %d reads %s', (value, text) => {
  expect(valueText(value)).toBe(text);
  expect(valueText(value, 'ms')).toBe(`${text} ms`);
});
