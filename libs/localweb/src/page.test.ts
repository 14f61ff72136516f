import { expect, test } from 'vitest';
import { checkPage, checkPages, MAX_PAGE_BYTES, MAX_PAGE_MS, type Page } from './page.js';

const page = { name: 'a', bytes: 1 } satisfies Page;

test('a page gets its defaults', () => {
  expect(checkPage(page)).toEqual({
    name: 'a',
    bytes: 1,
    delayMs: 0,
    bytesPerSecond: Infinity,
    status: 200,
    fault: undefined,
    failTimes: Infinity,
  });
});

test.each<[string, Partial<Record<keyof Page, unknown>>]>([
  ['a name with a space', { name: 'a b' }],
  ['a name with an empty part', { name: 'a//b' }],
  ['a name that begins with a slash', { name: '/a' }],
  ['a name that leads upwards', { name: 'a/../b' }],
  ['a name that is a dot', { name: '.' }],
  ['an empty name', { name: '' }],
  ['half a byte', { bytes: 0.5 }],
  ['a negative size', { bytes: -1 }],
  ['NaN bytes', { bytes: NaN }],
  ['endless bytes', { bytes: Infinity }],
  ['a body that is too large', { bytes: MAX_PAGE_BYTES + 1 }],
  ['a negative delay', { delayMs: -1 }],
  ['a delay that is too long', { delayMs: MAX_PAGE_MS + 1 }],
  ['NaN delay', { delayMs: NaN }],
  ['no speed', { bytesPerSecond: 0 }],
  ['an informational status', { status: 100 }],
  ['a status above all', { status: 600 }],
  ['a broken status', { status: 200.5 }],
  ['an unknown fault', { fault: 'flood' }],
  ['a negative count', { failTimes: -1 }],
  ['a broken count', { failTimes: 1.5 }],
])('a page with %s is refused', (_, change) => {
  expect(() => checkPage({ ...page, ...change } as Page)).toThrow(RangeError);
});

test.each<[string, unknown]>([
  ['null', null],
  ['a text', 'a'],
  ['no name', { bytes: 1 }],
  ['no size', { name: 'a' }],
  ['a size in words', { name: 'a', bytes: '1' }],
  ['a delay in words', { name: 'a', bytes: 1, delayMs: '1' }],
])('what is no page is refused: %s', (_, value) => {
  expect(() => checkPage(value as Page)).toThrow(TypeError);
});

test('the largest and the smallest page are served', () => {
  expect(checkPage({ name: 'a', bytes: MAX_PAGE_BYTES, delayMs: MAX_PAGE_MS }).bytes).toBe(MAX_PAGE_BYTES);
  expect(checkPage({ name: 'a/b.c~d-e_f', bytes: 0 }).bytes).toBe(0);
});

test('a name may be listed twice if both entries say the same', () => {
  expect(checkPages([page, { ...page, delayMs: 0 }])).toHaveLength(2);
  expect(() => checkPages([page, { ...page, bytes: 2 }])).toThrow(/two different pages named a/);
});

test('pages that are no array are refused', () => {
  expect(() => checkPages('a' as never)).toThrow(TypeError);
});
