import { expect, test } from 'vitest';
import { TimingWheel, type WheelEntry } from './timing-wheel.js';

interface Entry extends WheelEntry {
  readonly tick: number;
}

/** An entry of this tick, due in the midst of it. */
function entryOf(tick: number): Entry {
  return { tick, due: tick + 0.5, slot: -1, place: -1 };
}

/** A whole number below the limit, the same on every run. */
function dice(): (limit: number) => number {
  let state = 1_234_567;
  return (limit) => (state = (state * 48_271) % 2_147_483_647) % limit;
}

test('everything comes out at its tick, as from a list, over all levels and behind their end', () => {
  const below = dice();
  for (const start of [0, 1_023, 2 ** 18 - 1, 2 ** 26 - 1, 2 ** 32 - 3, 2 ** 40 + 77]) {
    const wheel = new TimingWheel<Entry>(start);
    const waiting = new Set<Entry>();
    let tick = start;
    for (let round = 0; round < 1_500; round++) {
      const what = below(8);
      if (what < 5) {
        const far = [10, 1_024, 300_000, 2 ** 27, 2 ** 35][below(5)] as number;
        const entry = entryOf(tick + 1 + below(far));
        wheel.add(entry);
        waiting.add(entry);
      } else if (what === 5 && waiting.size > 0) {
        const entry = [...waiting][below(waiting.size)] as Entry;
        expect([wheel.delete(entry), wheel.delete(entry)]).toEqual([true, false]);
        waiting.delete(entry);
      } else {
        tick += [1, 3, 1_100, 300_000, 2 ** 27][below(5)] as number;
        const out: Entry[] = [];
        const next = wheel.next();
        for (let each = wheel.step(tick); each !== undefined; each = wheel.step(tick)) out.push(...each);
        const due = [...waiting].filter((entry) => entry.tick <= tick);
        expect(new Set(out)).toEqual(new Set(due));
        expect(out.map((entry) => entry.tick)).toEqual(due.map((entry) => entry.tick).sort((a, b) => a - b));
        if (due.length > 0) expect(next).toBeLessThanOrEqual(Math.min(...due.map((entry) => entry.tick)));
        for (const entry of due) waiting.delete(entry);
      }
      expect([wheel.size, wheel.tick]).toEqual([waiting.size, tick]);
      expect(wheel.next() === undefined).toBe(waiting.size === 0);
    }
  }
});

test('a long wait is a few steps, not one a tick', () => {
  const wheel = new TimingWheel<Entry>(5);
  const entry = entryOf(2 ** 45);
  wheel.add(entry);
  let steps = 0;
  const out: Entry[] = [];
  for (let next = wheel.next(); next !== undefined; next = wheel.next(), steps++) {
    out.push(...(wheel.step(next) ?? []));
  }
  expect(out).toEqual([entry]);
  // Once around the widest level, some 2^32 ticks, at a time.
  expect(steps).toBeLessThan(2 ** 14);
});
