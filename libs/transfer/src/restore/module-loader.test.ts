import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OtherSide } from '../fixtures/other-side.js';
import type { Ground } from '../ground.js';
import { moduleTask } from '../module-task.js';

describe.each(['thread', 'process'] as Ground[])('modules in a %s', (ground) => {
  let side: OtherSide;
  let folder: string;
  beforeAll(() => {
    side = new OtherSide(ground);
    folder = mkdtempSync(join(tmpdir(), 'modules-'));
  });
  afterAll(async () => {
    await side.close();
    rmSync(folder, { recursive: true });
  });

  const put = (name: string, text: string): string => {
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  };
  const run = (file: string, name = 'run'): Promise<unknown> =>
    side.run(moduleTask<Record<string, () => unknown>>(file, name));

  test('a module is there once, however it is asked for', async () => {
    const text = `
      globalThis.times = (globalThis.times ?? 0) + 1;
      export const run = async () => [(await import(import.meta.url)).run === run, globalThis.times];`;
    expect(await run(put('once.mjs', text))).toEqual([true, 1]);
    const importing = put('importing.mjs', `import * as once from './once.mjs'; export const run = () => once.run();`);
    expect(await run(importing)).toEqual([true, 1]);
  });

  test('a module with a default export, one that waits at its top level, and CommonJS', async () => {
    expect(await run(put('default.mjs', `export default () => 'default'; export const run = () => 'named';`))).toBe(
      'named',
    );
    expect(await run(join(folder, 'default.mjs'), 'default')).toBe('default');
    expect(
      await run(put('waits.mjs', `const value = await Promise.resolve('waited'); export const run = () => value;`)),
    ).toBe('waited');
    const inside = put(
      'inside.mjs',
      `import { run as waits } from './waits-too.mjs'; export const run = () => waits();`,
    );
    put('waits-too.mjs', `await null; export const run = () => 'inside';`);
    expect(await run(inside)).toBe('inside');
    expect(await run(put('common.js', `exports.run = () => typeof module;`))).toBe('object');
  });

  test('a module that fails says why, and may be there the next time', async () => {
    const throwing = put(
      'throws.mjs',
      `globalThis.tries = (globalThis.tries ?? 0) + 1; throw new RangeError('not today');`,
    );
    await expect(run(throwing)).rejects.toThrow(/throws\.mjs could not be loaded: not today/);
    await expect(run(throwing)).rejects.toThrow(/not today/);
    expect(await run(put('tries.mjs', `export const run = () => globalThis.tries;`))).toBe(1);
    await expect(run(put('wrong.mjs', `export const = 1;`))).rejects.toThrow(/could not be loaded: Unexpected token/);
    await expect(run(join(folder, 'late.mjs'))).rejects.toThrow(/late\.mjs could not be loaded: Cannot find module/);
    expect(await run(put('late.mjs', `export const run = () => 'late';`))).toBe('late');
  });

  test('many tasks that need one module at the same time', async () => {
    const slow = put(
      'slow.mjs',
      `await new Promise((resolve) => setTimeout(resolve, 20)); export const run = () => 'slow';`,
    );
    const user = put('user.mjs', `import { run as slow } from './slow.mjs'; export const run = () => slow();`);
    expect(await Promise.all([slow, user, slow, user].map((file) => run(file)))).toEqual(Array(4).fill('slow'));
  });
});
