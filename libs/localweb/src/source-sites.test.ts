import { expect, test } from 'vitest';
import { checkPages } from './page.js';
import { sourceSites } from './source-sites.js';

test('the preset has the twelve sites of the source, www.ce.cn twice', () => {
  const sites = checkPages(sourceSites());
  expect(sites).toHaveLength(12);
  expect(sites.filter(({ name }) => name === 'www.ce.cn')).toHaveLength(2);
  expect(sites.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(2_371_912);
});

test('read one after another the preset takes the 2.80 s of the source', () => {
  const total = checkPages(sourceSites()).reduce(
    (sum, { delayMs, bytes, bytesPerSecond }) => sum + delayMs + (bytes / bytesPerSecond) * 1000,
    0,
  );
  expect(total).toBeCloseTo(2_802, 6);
});
