import { inspect } from 'node:util';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { progress } from './progress.js';

let written: string[] = [];

beforeEach(() => {
  written = [];
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

function terminal(isTTY: boolean): void {
  vi.spyOn(process.stdout, 'isTTY', 'get').mockReturnValue(isTTY);
}
if (!('isTTY' in process.stdout))
  Object.defineProperty(process.stdout, 'isTTY', { get: () => false, configurable: true });

test('in a pipe it is one line at the end', () => {
  terminal(false);
  const bar = progress(4, { label: 'pages' });
  for (let i = 0; i < 4; i++) {
    vi.advanceTimersByTime(500);
    bar.tick();
  }
  expect(written).toEqual([]);
  bar.done();
  bar.done();
  expect(written).toEqual([`pages  ${'█'.repeat(30)}  4 of 4\n`]);
});

test('in a terminal one line is written over, at most ten times a second', () => {
  terminal(true);
  const bar = progress(10_000);
  for (let i = 0; i < 5_000; i++) {
    bar.tick();
    vi.advanceTimersByTime(1);
  }
  // The first drawing, and one for each tenth of a second of the five seconds.
  expect(written.length).toBeGreaterThanOrEqual(49);
  expect(written.length).toBeLessThanOrEqual(51);
  expect(written.every((text) => text.startsWith('\r\u001b[K'))).toBe(true);
});

test('the last state of a burst is drawn', () => {
  terminal(true);
  const bar = progress(10);
  for (let i = 0; i < 7; i++) bar.tick();
  expect(written).toHaveLength(1);
  vi.advanceTimersByTime(100);
  expect(written).toHaveLength(2);
  expect(written[1]).toContain('7 of 10');
  vi.advanceTimersByTime(1_000);
  expect(written).toHaveLength(2);
});

test('after done nothing is drawn and no timer is left', () => {
  terminal(true);
  const bar = progress(10);
  bar.tick();
  bar.done();
  bar.tick();
  vi.advanceTimersByTime(1_000);
  expect(written).toHaveLength(2);
  expect(written[1]).toMatch(/1 of 10\n$/);
  expect(vi.getTimerCount()).toBe(0);
});

test('it counts no further than its end', () => {
  terminal(false);
  const bar = progress(3);
  bar.tick(2);
  expect(bar.count).toBe(2);
  bar.tick(2);
  expect(bar.count).toBe(3);
  expect(inspect(bar)).toBe(`progress  ${'█'.repeat(30)}  3 of 3`);
  bar[Symbol.dispose]();
});

test('nothing to do is done', () => {
  terminal(false);
  expect(String(progress(0, { label: 'none' }))).toBe(`none  ${'█'.repeat(30)}  0 of 0`);
});

test('over counts what passes through and stops with its loop', async () => {
  terminal(false);
  const bar = progress(3);
  const seen = [];
  for await (const item of bar.over(['a', 'b', 'c'])) {
    seen.push(item);
    if (item === 'b') break;
  }
  expect(seen).toEqual(['a', 'b']);
  expect(bar.count).toBe(1);
  expect(written).toHaveLength(1);
  const full = progress(3);
  for await (const _ of full.over(['a', 'b', 'c']));
  expect(full.count).toBe(3);
});

test.each([-1, NaN, Infinity])('progress of %d steps is refused', (total) => {
  expect(() => progress(total)).toThrow(RangeError);
});

test('progress of words is refused', () => {
  expect(() => progress('3' as never)).toThrow(TypeError);
});
