import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { pageBody } from './page-body.js';

const hash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

test.each([0, 1, 59, 60, 61, 2_443, 107_852])('a body has exactly %i bytes', (bytes) => {
  const body = pageBody('www.ce.cn', bytes);
  expect(Buffer.byteLength(body)).toBe(bytes);
});

test('a body is the same on every run and every machine', () => {
  expect(hash(pageBody('www.ce.cn', 107_852))).toBe('3ef15e0eb62d1a62');
});

test('another name is another text', () => {
  expect(pageBody('a', 500).slice(60)).not.toBe(pageBody('b', 500).slice(60));
});

test('early words come more often than late ones', () => {
  const counts = new Map<string, number>();
  for (const word of pageBody('count', 50_000).match(/[a-z]+/g) ?? []) counts.set(word, (counts.get(word) ?? 0) + 1);
  expect(counts.get('the')).toBeGreaterThan(3 * (counts.get('lantern') ?? 0));
});

test('lines are short enough to read', () => {
  const lines = pageBody('lines', 20_000).split('\n');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(130);
});
