import { expect, test } from 'vitest';
import { compareTimelines } from './compare-timelines.js';
import { madeUp, parseSvg, ran, structure } from './fixtures/made-up.js';
import type { Span } from './timeline.js';

const first = madeUp([
  ran('www.baidu.com', 0, 0, 36, 134),
  ran('pypi.org', 1, 0, 36, 143),
  ran('www.sina.com.cn', 1, 0, 143, 575),
  ran('www.163.com', 0, 0.2, 134, 672),
]);
/** The same work on another day: other times, and another worker took the third task. */
const second = madeUp(
  [
    ran('www.baidu.com', 1, 0, 5.5, 1_134),
    ran('pypi.org', 0, 0, 6, 20.25),
    ran('www.sina.com.cn', 0, 0, 21, 99),
    ran('www.163.com', 0, 0, 100, 2_672),
  ],
  2_700,
);
const stuck: Span = { ...ran('stuck', 0, 0, 10, 0), end: undefined, state: 'running' };
const never: Span = {
  ...ran('never', 0, 0, 0, 600),
  lane: undefined,
  start: undefined,
  state: 'cancelled',
};
const mixed = madeUp([{ ...ran('broken', 1, 0, 1, 300), state: 'failed' }, stuck, never]);

test('a picture is well-formed, has no ids, no scripts and nothing from elsewhere', () => {
  for (const rows of ['worker', 'task'] as const) {
    for (const svg of [first.toSvg({ rows, title: 'A & B' }), mixed.toSvg({ rows }), madeUp([]).toSvg({ rows })]) {
      const names = parseSvg(svg);
      expect(names).not.toContain('script');
      expect(svg).not.toMatch(/ id=|href|url\(|@import/);
      expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    }
  }
});

test('two runs of the same work have the same structure', () => {
  for (const rows of ['worker', 'task'] as const) {
    expect(structure(second.toSvg({ rows }))).toBe(structure(first.toSvg({ rows })));
  }
  const compared = (timeline: typeof first): string => compareTimelines({ once: first, again: timeline }).toSvg();
  expect(structure(compared(second))).toBe(structure(compared(first)));
});

test('a worker that got nothing to do this time does not change the structure', () => {
  const late = madeUp(first.spans.map((span) => ({ ...span, lane: 'ThreadPoolExecutor-0_0' })));
  expect(late.lanes).toHaveLength(1);
  expect(structure(late.toSvg())).toBe(structure(first.toSvg()));
  expect(late.toSvg()).toContain('opacity="0">thread 0</text>');
});

test('nor does one of two pools beside the main program', () => {
  const writer = { executor: 'ThreadPoolExecutor-1', lane: 'writer_0' };
  const stretch = { ...ran('read', 0, 0, 300, 310), executor: undefined, lane: 'main', submitted: undefined };
  const pieces = [stretch, ...first.spans, ...first.spans.map((span) => ({ ...span, ...writer }))];
  const late = pieces.map((span) =>
    span.executor === 'ThreadPoolExecutor-0' ? { ...span, lane: `${span.executor}_0` } : span,
  );
  expect(madeUp(late).lanes).toHaveLength(3);
  expect(structure(madeUp(late).toSvg())).toBe(structure(madeUp(pieces).toSvg()));
});

test('spans of one lane that overlap lie below each other', () => {
  const lane = (name: string, start: number, end: number): Span => ({
    ...ran(name, 0, 0, start, end),
    submitted: undefined,
    executor: undefined,
    lane: 'main',
  });
  const serial = madeUp([lane('a', 0, 300), lane('b', 300, 600)]).toSvg();
  const together = madeUp([lane('a', 0, 300), lane('b', 100, 600)]).toSvg();
  const bars = (svg: string): (string | undefined)[] =>
    [...svg.matchAll(/class="h0"[^>]* y="([\d.]+)"/g)].map(([, y]) => y);
  expect(new Set(bars(serial)).size).toBe(1);
  expect(new Set(bars(together)).size).toBe(2);
  expect(serial.match(/>main<\/text>/g)).toHaveLength(1);
  expect(together.match(/opacity="1">main<\/text>/g)).toHaveLength(1);
});

test('a long recording has a row a worker, also when a row a task was asked for', () => {
  const spans = Array.from({ length: 201 }, (_, i) => ran(`task ${i}`, i % 2, 0, i, i + 1));
  const height = (svg: string): number => Number(/height="(\d+)"/.exec(svg)?.[1]);
  expect(height(madeUp(spans).toSvg({ rows: 'task' }))).toBe(height(madeUp(spans).toSvg()));
  expect(height(madeUp(spans.slice(1)).toSvg({ rows: 'task' }))).toBeGreaterThan(5_000);
});

test('a picture says in words what it shows', () => {
  const svg = first.toSvg({ title: 'Four pages' });
  expect(svg).toContain('role="img"');
  expect(svg).toContain('<title>Four pages</title><desc>4 tasks in 700 ms, threads used: 2</desc>');
  expect(svg).toContain('<title>www.163.com: waited 134 ms, ran 538 ms on thread 0</title>');
});

test('names cannot leave their place', () => {
  const svg = madeUp([ran('</text><script>alert(1)</script>', 0, 0, 1, 600)]).toSvg({ title: '"><b>' });
  expect(parseSvg(svg)).not.toContain('script');
  expect(svg).not.toContain('<b>');
});

test('a state is said by a mark, not by colour alone', () => {
  expect(mixed.toSvg()).toMatch(/class="h5"[^>]*\/><path class="l5"[^>]*stroke-dasharray/);
  expect(mixed.toSvg()).toContain('class="wait none"');
  expect(mixed.toSvg()).toContain('class="h0 open"');
  for (const word of ['waiting', 'running', 'failed', 'cancelled', 'not started']) {
    expect(mixed.toSvg()).toContain(`>${word}</text>`);
  }
  expect(mixed.toSvg()).toContain('broken: waited 1 ms, failed after 299 ms on thread 1');
  expect(mixed.toSvg()).toContain('stuck: waited 10 ms, still running after 690 ms on thread 0');
});

test('labels can be left out', () => {
  expect(first.toSvg({ labels: false })).not.toContain('>pypi.org</text>');
  expect(first.toSvg()).toContain('>pypi.org</text>');
});

test('tasks of one name are numbered, and names can be given', () => {
  const mapped = madeUp([ran('download', 0, 0, 0, 300), ran('download', 1, 0, 0, 300)]);
  expect(mapped.toSvg()).toMatch(/>1<\/text>.*>2<\/text>/);
  expect(mapped.toSvg({ rows: 'task' })).toMatch(/>download 1<\/text>.*>download 2<\/text>/);
  expect(mapped.toSvg({ names: ['pypi.org'] })).toMatch(/>pypi.org<\/text>.*>download<\/text>/);
  expect(mapped.toText({ names: ['a', 'b'] })).toMatch(/^a {2}.*\nb {2}/m);
  expect(madeUp([ran('download', 0, 0, 0, 300)]).toSvg()).toContain('>download</text>');
});

test('two pictures can share a scale', () => {
  expect(first.toSvg({ until: 3_000 })).toContain('>3000 ms</text>');
});

test('a theme can be fixed', () => {
  expect(first.toSvg()).toContain('prefers-color-scheme:dark');
  expect(first.toSvg({ theme: 'light' })).not.toContain('prefers-color-scheme');
  expect(first.toSvg({ theme: 'dark' })).not.toContain('#ffffff');
});

test('ten thousand tasks make one small picture', () => {
  const spans = Array.from({ length: 10_000 }, (_, i) => ran(`task ${i}`, i % 8, 0, i / 20, i / 20 + 0.4));
  const svg = madeUp(spans, 600).toSvg();
  parseSvg(svg);
  expect(svg.length).toBeLessThan(400_000);
  expect(svg.match(/<rect/g)?.length).toBeLessThan(10);
});
