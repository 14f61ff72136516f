import { expect, test } from 'vitest';
import { readSource } from './source.js';

test('imports of every form are read with their lines', () => {
  const text = [
    "import 'a';",
    "import type { b } from 'b';",
    "export * from 'c';",
    "import d = require('d');",
    "const e = require('e'), f = await import('f');",
    "type G = import('g').G;",
  ].join('\n');
  expect(readSource(text).imports).toEqual([
    { module: 'a', line: 1 },
    { module: 'b', line: 2 },
    { module: 'c', line: 3 },
    { module: 'd', line: 4 },
    { module: 'e', line: 5 },
    { module: 'f', line: 5 },
    { module: 'g', line: 6 },
  ]);
});

test('comments and strings hold no import and no reserved name, but a string is kept as one', () => {
  const { imports, strings, reserved } = readSource(
    "// import 'a'; Atomics\nconst t = \"import 'b'; Atomics\";\nimport 'c';",
  );
  expect(imports.map(({ module }) => module)).toEqual(['c']);
  expect(strings).toEqual(["import 'b'; Atomics"]);
  expect(reserved).toEqual([]);
});

test('reserved names are seen as a global, as a property and as a type', () => {
  const text = 'Atomics.load(w, 0);\nglobalThis.Atomics;\ntype A = typeof Atomics;';
  expect(readSource(text).reserved.map(({ line }) => line)).toEqual([1, 2, 3]);
});

test('JavaScript is read as JavaScript', () => {
  expect(readSource("const a = <T>(b) => b; require('c')", 'a.ts').imports).toHaveLength(1);
  expect(readSource("const { a } = require('c'); /** @type {import('d').D} */", 'a.cjs').imports).toHaveLength(1);
});
