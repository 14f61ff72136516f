import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { barChart } from './bar-chart.js';
import { parseSvg, structure } from './fixtures/made-up.js';
import { lineChart } from './line-chart.js';

const bars = [
  { label: 'one after another', value: 2_803, reference: 2_802 },
  { label: 'five threads', value: 655.4 },
];

test('a bar chart is well-formed and says its values', () => {
  const chart = barChart(bars, { title: 'Pages <12>', unit: 'ms', reference: 'the source' });
  const svg = chart.toSvg();
  parseSvg(svg);
  expect(svg).not.toMatch(/ id=|NaN|undefined|Infinity/);
  expect(svg).toContain('<desc>one after another: 2803 ms; five threads: 655 ms</desc>');
  expect(svg).toContain('>2802 ms</text>');
  expect(chart.toText()).toMatch(
    /^Pages <12>\none after another {2}█{32} {2}2803 ms, the source 2802 ms\nfive threads .* 655 ms$/,
  );
  expect(inspect(chart)).toBe('BarChart(one after another, five threads)');
});

test('bar charts of two runs have the same structure', () => {
  const again = bars.map((bar, i) => ({ ...bar, value: 3.14 + i * 400 }));
  for (const form of ['toSvg', 'toText'] as const) {
    expect(structure(barChart(again)[form]())).toBe(structure(barChart(bars)[form]()));
  }
});

test.each([-1, NaN, Infinity])('a bar of %d is refused', (value) => {
  expect(() => barChart([{ label: 'a', value }])).toThrow(RangeError);
  expect(() => barChart([{ label: 'a', value: 1, reference: value }])).toThrow(RangeError);
});

test('a bar that is no number is refused', () => {
  expect(() => barChart([{ label: 'a', value: '1' as never }])).toThrow(TypeError);
});

const points = [
  [1, 2_803],
  [2, 1_411],
  [4, 742],
  [8, 640],
] as const;

test('a line chart is well-formed and says its values', () => {
  const chart = lineChart([{ name: 'threads', points }], { xScale: 'log', xLabel: 'workers', yLabel: 'time in ms' });
  const svg = chart.toSvg();
  parseSvg(svg);
  expect(svg).not.toMatch(/ id=|NaN|undefined|Infinity/);
  expect(svg).toContain('<desc>threads: 1 2803, 2 1411, 4 742, 8 640</desc>');
  expect(chart.toText().split('\n')[2]).toBe(`      1     2803  ${'█'.repeat(32)}`);
  expect(inspect(chart)).toBe('LineChart(threads)');
});

test('several curves are told apart by mark and name', () => {
  const svg = lineChart(['a', 'b', 'c', 'd'].map((name) => ({ name, points }))).toSvg();
  parseSvg(svg);
  const marks = new Set([...svg.matchAll(/class="m\d halo" d="M[\d.]+ [\d.]+([^"]*)"/g)].map(([, shape]) => shape));
  expect(marks.size).toBe(4);
  for (const name of 'abcd') expect(svg).toContain(`>${name}</text>`);
});

test('line charts of two runs have the same structure', () => {
  const again = points.map(([x, y]) => [x, y * 1.7 + x] as const);
  for (const form of ['toSvg', 'toText'] as const) {
    const chart = (ys: typeof again): string => lineChart([{ name: 'a', points: ys }], { xScale: 'log' })[form]();
    expect(structure(chart(again))).toBe(structure(chart([...points])));
  }
});

test('charts of nothing, of one point and of zeros can be drawn', () => {
  for (const chart of [
    barChart([]),
    barChart([{ label: 'a', value: 0 }]),
    lineChart([]),
    lineChart([{ name: 'a', points: [] }]),
    lineChart([{ name: 'a', points: [[3, 0]] }], { xScale: 'log' }),
    lineChart([{ name: 'a', points: Array.from({ length: 40 }, (_, i) => [i - 20, i] as const) }]),
  ]) {
    const svg = chart.toSvg();
    parseSvg(svg);
    expect(svg + chart.toText()).not.toMatch(/NaN|undefined|Infinity/);
  }
});

test.each([
  [1, NaN],
  [Infinity, 1],
  [1, -1],
])('point (%d, %d) is refused', (x, y) => {
  expect(() => lineChart([{ name: 'a', points: [[x, y]] }])).toThrow(RangeError);
});

test('a log scale has no 0', () => {
  expect(() => lineChart([{ name: 'a', points: [[0, 1]] }], { xScale: 'log' })).toThrow(RangeError);
});
