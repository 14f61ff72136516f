import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const programs = fileURLToPath(new URL('./fixtures/programs/', import.meta.url));

/** Runs a program of its own and returns what it printed. */
async function run(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: programs,
    env: { ...process.env, NODE_OPTIONS: '', FORCE_COLOR: '0' },
  });
  return stdout;
}

const allRight = /^(all \d+ right\n)+$/;

test.each([
  ['a CommonJS script', ['script.cjs']],
  ['an ES module', ['module.mjs']],
  ['a TypeScript ES module under tsx', ['--import', 'tsx', 'typescript.ts']],
  ['a TypeScript CommonJS program under tsx', ['--import', 'tsx', 'typescript-commonjs.cts']],
  ['an ES module with the inspector open', ['--inspect=127.0.0.1:0', 'module.mjs']],
  ['cells of a notebook', ['notebook.cjs']],
])('functions of %s travel', { timeout: 60_000 }, async (_what, args) => {
  expect(await run(...args)).toMatch(allRight);
});

test('a failure on the other side is told with the lines of the TypeScript source', { timeout: 60_000 }, async () => {
  const text = await run('--import', 'tsx', 'stack.ts');
  for (const ground of ['thread', 'process']) {
    expect(text).toMatch(
      new RegExp(
        `^${ground} fails: RangeError: too much\n +at pay .*stack\\.ts:11:\\d+\\)\n +at .*stack\\.ts:17:\\d+`,
        'm',
      ),
    );
  }
});

test('every form of a function fails at the same line and column there as here', { timeout: 60_000 }, async () => {
  expect(await run('places.mjs')).toMatch(allRight);
});

test.each([
  ['give', 'module hidden.mjs give'],
  ['hidden', 'module facade.cjs hidden'],
])('the first function that is captured goes by its address: %s', { timeout: 60_000 }, async (name, address) => {
  expect(await run('first-capture.mjs', name)).toBe(`${address}\n`);
});

interface Esbuild {
  build(options: object): Promise<unknown>;
}

test.each([
  ['a bundle', 'plain', false],
  ['a minified bundle', 'minified', true],
])('functions of %s travel', { timeout: 60_000 }, async (_what, name, minify) => {
  // The bundler that the test runner brings along.
  const require = createRequire(createRequire(import.meta.url).resolve('vite'));
  const { build } = require('esbuild') as Esbuild;
  const outfile = join(programs, `.bundle.${name}.mjs`);
  try {
    await build({
      entryPoints: [join(programs, 'module.mjs')],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      minify,
      keepNames: true,
      external: ['acorn', './rig.mjs'],
    });
    expect(await run(outfile)).toMatch(allRight);
  } finally {
    await rm(outfile, { force: true });
  }
});
