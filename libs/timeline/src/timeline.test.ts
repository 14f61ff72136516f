import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { madeUp, ran } from './fixtures/made-up.js';

test('the most at once counts what overlaps; what ends as another begins does not', () => {
  expect(madeUp([]).mostAtOnce).toBe(0);
  expect(madeUp([ran('a', 0, 0, 0, 10), ran('b', 0, 0, 10, 20)]).mostAtOnce).toBe(1);
  expect(madeUp([ran('a', 0, 0, 0, 11), ran('b', 1, 0, 10, 20), ran('c', 2, 0, 10.5, 12)]).mostAtOnce).toBe(3);
});

test('busy is the sum of what ran', () => {
  const stuck = { ...ran('c', 1, 0, 650, 0), end: undefined, state: 'running' as const };
  expect(madeUp([ran('a', 0, 0, 0, 100), ran('b', 1, 0, 50, 100), stuck], 700).busy).toBe(200);
});

test('it prints what it is', () => {
  const timeline = madeUp([ran('a', 0, 0, 0, 100)], 655);
  expect(inspect(timeline)).toBe('Timeline(1 span in 655 ms, lanes: 1)');
  expect(String(timeline)).toBe(inspect(timeline));
});

test('the trace for Chrome has a complete event for each run and an asynchronous one for each wait', () => {
  const { traceEvents } = JSON.parse(madeUp([ran('a', 3, 1, 2, 100)]).toChromeTrace());
  expect(traceEvents.filter(({ ph }: { ph: string }) => ph === 'X')).toEqual([
    {
      name: 'a',
      cat: 'ThreadPoolExecutor-0',
      pid: 1,
      tid: 1,
      ts: 2_000,
      dur: 98_000,
      ph: 'X',
      args: { state: 'succeeded' },
    },
  ]);
  expect(traceEvents.filter(({ ph }: { ph: string }) => 'be'.includes(ph)).map(({ ts }: { ts: number }) => ts)).toEqual(
    [1_000, 2_000],
  );
});

test('workers of two executors of one kind keep their full names', () => {
  const other = { ...ran('b', 0, 0, 0, 100), lane: 'ThreadPoolExecutor-1_0', executor: 'ThreadPoolExecutor-1' };
  const one = madeUp([ran('a', 0, 0, 0, 100)]);
  const two = madeUp([ran('a', 0, 0, 0, 100), other]);
  for (const print of [one.toText(), one.toSvg({ rows: 'worker' })]) {
    expect(print).toContain('thread 0');
    expect(print).not.toContain('ThreadPoolExecutor');
  }
  for (const print of [two.toText(), two.toSvg({ rows: 'worker' })]) {
    expect(print).not.toContain('thread 0');
    for (const lane of ['ThreadPoolExecutor-0_0', 'ThreadPoolExecutor-1_0']) expect(print).toContain(lane);
  }
});
