import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundle } from './bundle.mjs';

let folder;
beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'bundle-')));
  put('node_modules/@interleave/other/package.json', '{ "main": "other.cjs" }');
  put('node_modules/@interleave/other/other.cjs', 'exports.one = 1; exports.Base = class {};');
  put('tsconfig.json', '{ "compilerOptions": { "target": "es2022", "sourceMap": true } }');
  put('node_modules/@interleave/other/dist/.built', '{ "Base": "part.cjs" }');
  put('node_modules/elsewhere/elsewhere.cjs', 'exports.one = 2;');
  put('node_modules/elsewhere/part.cjs', 'exports.Base = class Part {};');
  put(
    'package.json',
    `{ "parts": { "quick": ["quick"], "slow": ["slow"], "rest": ["*"], "more": ["more"] },
"together": { "more": ["quick"] }, "whole": ["alone"] }`,
  );
  put(
    'src/index.ts',
    `export { quick } from './quick.js'; export { slow, Slow } from './slow.js'; export * from './last.js'; export { more } from './more.js';
export { one } from '@interleave/other';`,
  );
  put('src/quick.ts', `import { list } from './list.js'; export const quick = (): string[] => list;`);
  put('src/more.ts', `import { quick } from './quick.js'; export const more = (): typeof quick => quick;`);
  put('src/list.ts', `export const list: string[] = [];`);
  put(
    'src/slow.ts',
    `import { Base, one } from '@interleave/other'; import { list } from './list.js'; import { last } from './last.js';
list.push('slow');
export const slow = (): unknown[] => [one, last()];
export class Slow extends Base {}`,
  );
  put(
    'src/last.ts',
    `import { one } from '@interleave/other'; export const last = (): string => { throw new Error(\`\${one}\`); };`,
  );
  put('src/entry/go.ts', `import { one } from '@interleave/other'; process.once('exit', () => console.log(one));`);
  put('src/entry/base.ts', `import { Base, one } from '@interleave/other'; console.log(Base.name, one);`);
  put('src/entry/alone.ts', `import { list } from '../list.js'; console.log(list.length);`);
  await bundle(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function put(path, content) {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

/** Runs a program beside the lib: the values of the expressions, one after another. */
function evaluate(...expressions) {
  const program = `
    const lib = require('./dist/index.cjs');
    const files = () => Object.keys(require.cache).map((file) => require('node:path').basename(file, '.cjs'));
    console.log(JSON.stringify([${expressions.join(', ')}]));`;
  const options = { cwd: folder, encoding: 'utf8' };
  const { stdout, stderr } = spawnSync(process.execPath, ['--enable-source-maps', '-e', program], options);
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

test('a part is loaded when something in it is used, and another package when the part uses it', () => {
  const names = ['Slow', 'last', 'more', 'one', 'quick', 'slow'];
  expect(evaluate('Object.keys(lib).sort()', 'files()')).toEqual([names, ['index']]);
  // What is only handed on is another package's.
  expect(evaluate('lib.one', 'files()')).toEqual([1, ['index', 'other']]);
  // What two parts import is in the one that is named first.
  expect(evaluate('lib.quick()', 'files()')).toEqual([[], ['index', 'quick']]);
  // A base class is needed at once.
  expect(evaluate('lib.Slow.name', 'files()')).toEqual(['Slow', ['index', 'slow', 'quick', 'other']]);
  expect(evaluate('lib.Slow === lib.Slow', 'lib.quick()')).toEqual([true, ['slow']]);
});

test('a part is loaded with another one that says so', () => {
  expect(evaluate('typeof lib.more', 'files()')).toEqual(['function', ['index', 'more', 'quick']]);
});

test('lines of sources are found through parts', () => {
  const stack = `(() => { try { lib.slow() } catch (error) { return error.stack } })()`;
  expect(evaluate(stack)[0]).toMatch(/Error: 1\n[^]*last\.ts:1:[^]*slow\.ts:3:/);
});

test('who imports the lib gets the same things by name, also by the file that is meant for require', () => {
  const program = `
    import { Slow, quick } from './dist/index.js';
    import { Slow as Same } from './dist/index.cjs';
    import { createRequire } from 'node:module';
    console.log(createRequire(import.meta.url)('./dist/index.cjs').Slow === Slow, Same === Slow, quick());`;
  const options = { cwd: folder, encoding: 'utf8' };
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], options);
  expect(stdout).toBe(`true true [ 'slow' ]\n`);
});

test('what workers start from loads other packages when it uses them', () => {
  const entry = readFileSync(join(folder, 'dist/entry/go.cjs'), 'utf8');
  const program = `require('./dist/entry/go.cjs'); console.log(Object.keys(require.cache).length)`;
  expect(spawnSync(process.execPath, ['-e', program], { cwd: folder, encoding: 'utf8' }).stdout).toBe('1\n1\n');
  expect(entry).toContain('sourceMappingURL');
});

test('what a worker starts from takes a package where it is told that it is', () => {
  const run = (...args) => spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' }).stdout;
  const given = JSON.stringify({
    packages: { '@interleave/other': join(folder, 'node_modules/elsewhere/elsewhere.cjs') },
  });
  const start = (data) => `new (require('node:worker_threads').Worker)('./dist/entry/go.cjs', { workerData: ${data} })`;
  expect(run('-e', start(given))).toBe('2\n');
  expect(run('-e', start('null'))).toBe('1\n');
  expect(run('dist/entry/go.cjs', given, 'guarded')).toBe('2\n');
  expect(run('dist/entry/go.cjs', 'something', 'else')).toBe('1\n');
  // Of a package that was bundled before, the part that has it.
  expect(run('dist/entry/base.cjs', given, 'guarded')).toBe('Part 2\n');
  expect(run('dist/entry/base.cjs')).toBe(' 1\n');
});

test('an entry that is whole needs no other file', () => {
  const program = `require('./dist/entry/alone.cjs'); console.log(Object.keys(require.cache).length)`;
  expect(spawnSync(process.execPath, ['-e', program], { cwd: folder, encoding: 'utf8' }).stdout).toBe('0\n1\n');
});
