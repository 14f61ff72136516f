import { beforeEach, describe, expect, test } from 'vitest';
import { Lookout } from './lookout.js';

/** A loop whose turns take a hundredth of a millisecond, and that is over when nobody looks. */
let now: number;
let turns: (() => void)[];
let lookout: Lookout;
beforeEach(() => {
  now = 0;
  turns = [];
  lookout = new Lookout(
    (look) => turns.push(look),
    () => now,
  );
});

/** One wait of so many milliseconds; returns for how many it looked. */
function wait(milliseconds: number): number {
  const since = now;
  let until = since;
  lookout.expect(now);
  while (turns.length > 0 && now < since + milliseconds) {
    now += 0.01;
    turns.shift()?.();
    until = now;
  }
  now = since + milliseconds;
  lookout.met(now);
  while (turns.length > 0) turns.shift()?.();
  return until - since;
}

const waits = (count: number, milliseconds: number): number[] =>
  Array.from({ length: count }, () => wait(milliseconds));

describe('keeps the loop awake', () => {
  test('while waits are short, until what is expected is here', () => {
    expect(wait(0.05)).toBe(0);
    waits(20, 0.05);
    for (const looked of waits(1_000, 0.05)) expect(Math.abs(looked - 0.05)).toBeLessThan(0.011);
    expect(turns).toEqual([]);
  });

  test('not at all where waits are long', () => {
    expect(waits(50, 0.5)).toEqual(Array(50).fill(0));
  });

  test('for a moment only when something that came soon of late does not come', () => {
    waits(30, 0.05);
    expect(wait(40)).toBeLessThan(0.2);
    expect(wait(40)).toBeLessThan(0.8);
    expect(waits(20, 40)).toEqual(Array(20).fill(0));
    waits(30, 0.05);
    expect(wait(0.05)).toBeGreaterThan(0.03);
  });

  test('in vain for no longer than it has earned, and a hundredth of the time', () => {
    waits(30, 0.05);
    const begin = now;
    let [looked, inVain, earned] = [0, 0, 0];
    for (let round = 0; round < 5_000; round += 1) {
      earned += waits(2, 0.01).filter((each) => each > 0).length * 0.03;
      // Too seldom for waits to count as long, and longer than it looks.
      const lost = wait(0.8);
      inVain += lost;
      looked += lost > 0 ? 1 : 0;
    }
    expect(inVain).toBeLessThan(earned + (now - begin) / 100 + 3);
    expect(looked).toBeGreaterThan(50);
    expect(looked).toBeLessThan(4_000);
  });
});

test('what comes unexpected changes nothing', () => {
  lookout.met(5);
  expect(wait(0.05)).toBe(0);
});
