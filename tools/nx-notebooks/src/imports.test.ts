import { expect, test } from 'vitest';
import { importsOf, packageOf } from './imports.js';

const names = (text: string): string[] => importsOf(text).modules.map(({ name }) => name);

test('every way to import is seen, in the order it is written', () => {
  const text = `
    import 'a';
    import { b } from "b";
    import type { c } from 'c';
    export { d } from 'd';
    import e = require('e');
    const f = require('f');
    const g = await import('g');
    let h: import('h').Handle;
    const i = task<typeof import('i')>(url, 'name');
    const j = await import(\`j\`);
  `;
  expect(names(text)).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j']);
});

test('only import() is dynamic', () => {
  expect(importsOf("import 'a'; require('b'); void import('c');").modules).toEqual([
    { name: 'a', kind: 'static' },
    { name: 'b', kind: 'static' },
    { name: 'c', kind: 'dynamic' },
  ]);
});

test('comments, strings and computed names are not imports', () => {
  expect(
    names("// import 'a';\n/* require('b') */ const t = \"import 'c'\"; void import(t); require(`${t}/d`);"),
  ).toEqual([]);
});

test('a quote or a backtick in a regular expression hides nothing', () => {
  expect(names("const quote = /[`'\"]/g;\nimport 'a';")).toEqual(['a']);
});

test('an import inside a template is seen', () => {
  expect(names("const t = `${(await import('a')).name}`;")).toEqual(['a']);
});

test('a text with syntax errors keeps the imports around them', () => {
  expect(names("import 'a';\nconst = ;\n} import 'b';")).toEqual(['a', 'b']);
});

test('relative paths in any string are kept apart', () => {
  const { modules, relativePaths } = importsOf(
    "import './a.js'; new URL('../b.ts', base); moduleTask('./c.js', 'n'); 'd/e';",
  );
  expect(modules.map(({ name }) => name)).toEqual(['./a.js']);
  expect(relativePaths).toEqual(['./a.js', '../b.ts', './c.js']);
});

test('packageOf() names the package of a sub-path, and no package for paths and builtins with a prefix', () => {
  expect(packageOf('@interleave/pools')).toBe('@interleave/pools');
  expect(packageOf('@interleave/pools/sub/path')).toBe('@interleave/pools');
  expect(packageOf('acorn/dist/acorn.js')).toBe('acorn');
  expect(packageOf('node:fs')).toBeUndefined();
  expect(packageOf('./tasks.js')).toBeUndefined();
  expect(packageOf('/tasks.js')).toBeUndefined();
});
