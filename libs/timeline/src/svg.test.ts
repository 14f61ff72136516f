import { expect, test } from 'vitest';
import { element, escapeText, fitText, short, textWidth } from './svg.js';

test('elements nest, and attributes that are undefined are left out', () => {
  expect(element('g', { a: 1.26, b: undefined, c: 'x"<' }, element('rect', {}))).toBe(
    '<g a="1.3" c="x&quot;&lt;"><rect/></g>',
  );
});

test.each([
  [0, '0'],
  [-0.01, '0'],
  [1.04, '1'],
  [12.35, '12.4'],
])('%d is written %s', (value, text) => {
  expect(short(value)).toBe(text);
});

test('text cannot leave its place', () => {
  expect(escapeText(`</text><script>"&'`)).toBe(`&lt;/text&gt;&lt;script&gt;&quot;&amp;'`);
});

test('characters that XML cannot hold become replacement signs', () => {
  expect(escapeText('a\u0000b\u001bc\ud800d\uffff')).toBe('a\ufffdb\ufffdc\ufffdd\ufffd');
  expect(escapeText('tab\tline\n😀')).toBe('tab\tline\n😀');
});

test('a text that does not fit gets an ellipsis', () => {
  expect(fitText('short', 12, 100)).toBe('short');
  const cut = fitText('a very long name of a task that does not fit', 12, 100);
  expect(cut).toMatch(/^a very .*…$/);
  expect(textWidth(cut, 12)).toBeLessThanOrEqual(100);
  expect(fitText('wide', 12, 1)).toBe('w…');
});
