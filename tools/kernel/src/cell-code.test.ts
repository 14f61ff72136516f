import { createRequire } from 'node:module';
import { expect, test } from 'vitest';

const { isWrapper, mapPlaces, rememberCell } = createRequire(import.meta.url)('./cell-code.cjs');

const source = `import type { A } from 'a';

function f(a: A): number {

  if (a.x > 1) throw new Error('no');
  return a.x;
}
f({ x: 2 });`;
const generated = `(function(exports, require) { Object.defineProperty(exports, "__esModule", { value: true });
function f(a) {
    if (a.x > 1)
        throw new Error("no");
    return a.x;
}
exports.f = f;
f({ x: 2 });

})(__tslab__.exports, __tslab__.require)`;

rememberCell('naive', source, generated);

test('places of the generated code become places of the cell', () => {
  expect(mapPlaces('    at f (naive:4:15)')).toBe('    at f (naive:5:22)');
  expect(mapPlaces('    at naive:8:1')).toBe('    at naive:8:1');
});

test('a place that only the generated code has becomes the one before it, or the cell alone', () => {
  expect(mapPlaces('at naive:7:1')).toBe('at naive');
});

test('places of other files stay as they are', () => {
  expect(mapPlaces('at g (file.js:4:15)')).toBe('at g (file.js:4:15)');
});

test('the wrapper around a cell is told from the cell', () => {
  expect(isWrapper('    at naive:10:3')).toBe(true);
  expect(isWrapper('    at naive:8:1')).toBe(false);
  expect(isWrapper('    at other:10:3')).toBe(false);
});

test('a cell of thousands of tokens costs no time to speak of', () => {
  const long = Array.from({ length: 2_000 }, (_, n) => `const v${n} = ${n};`).join('\n');
  rememberCell('long', long, long);
  expect(mapPlaces('at long:3:1')).toBe('at long');
});
