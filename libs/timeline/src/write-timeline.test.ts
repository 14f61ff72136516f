import { expect, test } from 'vitest';
import { compareTimelines } from './compare-timelines.js';
import { madeUp, ran, structure } from './fixtures/made-up.js';

test('the text twin has one line a task, in the order of submission', () => {
  const timeline = madeUp([ran('late', 1, 0, 375, 750), ran('early', 0, 0, 0, 375)], 750);
  expect(timeline.toText({ title: 'Two' })).toBe(
    [
      'Two',
      '2 tasks in 750 ms, threads used: 2',
      'late   ░░░░░░░░░░░░░░░░░░░░████████████████████  375 to 750 ms, thread 1',
      'early  ████████████████████                      0 to 375 ms, thread 0',
    ].join('\n'),
  );
});

test('what is not over, failed or never began is said', () => {
  const text = madeUp([
    { ...ran('stuck', 0, 0, 10, 0), end: undefined, state: 'running' },
    { ...ran('broken', 1, 0, 10, 20), state: 'failed' },
    { ...ran('never', 1, 0, 0, 20), lane: undefined, start: undefined, state: 'cancelled' },
    { ...ran('waits', 1, 0, 0, 20), lane: undefined, start: undefined, end: undefined, state: 'waiting' },
  ]).toText();
  expect(text).toMatch(/^stuck .*from 10 ms, thread 0, running$/m);
  expect(text).toMatch(/^broken .*▚.*10 to 20 ms, thread 1, failed$/m);
  expect(text).toMatch(/^never .*cancelled$/m);
  expect(text).toMatch(/^waits .*waiting from 0 ms$/m);
});

test('a stretch of the main program is not counted as a worker', () => {
  const stretch = { ...ran('parse', 0, 0, 20, 30), lane: 'main', executor: undefined };
  expect(madeUp([stretch, ran('get', 0, 0, 0, 20)], 30).toText()).toContain('2 spans in 30 ms, threads used: 1\n');
});

test('two runs of the same work have the same structure', () => {
  const first = madeUp([ran('a', 0, 0, 0, 100), ran('b', 1, 0, 1, 700)], 700).toText();
  const second = madeUp([ran('a', 1, 0, 90.5, 2_000), ran('b', 0, 3, 4, 5)], 2_100).toText();
  expect(structure(second)).toBe(structure(first));
});

test('a long recording is summed up by lane', () => {
  const spans = Array.from({ length: 200 }, (_, i) => ran(`task ${i}`, i % 2, 0, i, i + 2));
  const lines = madeUp(spans, 250).toText().split('\n');
  expect(lines).toHaveLength(3);
  expect(lines[1]).toMatch(/^thread 0 {2}█+.* 100 tasks, busy 200 ms$/);
});

test('timelines below each other share the axis', () => {
  const short = madeUp([ran('a', 0, 0, 0, 375)], 375);
  const long = madeUp([ran('a', 0, 0, 0, 750)], 750);
  const text = compareTimelines({ 'one after another': long, 'five threads': short }).toText();
  expect(text).toContain('one after another: 1 task in 750 ms, threads used: 1');
  const bars = text
    .split('\n')
    .filter((line) => line.includes('█'))
    .map((line) => line.replace(/[^█]/g, '').length);
  expect(bars).toEqual([40, 20]);
  expect(() => compareTimelines({})).toThrow(RangeError);
});

test('a long name is cut', () => {
  expect(madeUp([ran('x'.repeat(50), 0, 0, 0, 1)]).toText()).toContain(`${'x'.repeat(23)}…  `);
});

test('a unit is said once, unless there are two', () => {
  const notes = [
    [0, 375, '0 to 375 ms'],
    [8_000, 12_000, '8000 ms to 12 s'],
    [11_000, 12_500, '11 to 12.5 s'],
  ] as const;
  for (const [start, end, note] of notes) expect(madeUp([ran('a', 0, 0, start, end)], end).toText()).toContain(note);
});
