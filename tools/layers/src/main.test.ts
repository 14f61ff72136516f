import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { writeHouse } from './fixtures/scratch-house.js';

const main = fileURLToPath(new URL('main.ts', import.meta.url));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function check(root: string): Promise<Ended> {
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--import', 'tsx', main, root]);
    return { code: 0, stdout, stderr };
  } catch (error) {
    return error as Ended;
  }
}

async function checkHouseWith(changes: Record<string, string>): Promise<Ended> {
  const root = writeHouse(changes);
  try {
    return await check(root);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

test('exit code 0 and a sentence when all is well', { timeout: 30_000 }, async () => {
  const { code, stdout, stderr } = await checkHouseWith({});
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toBe('Every import of 5 libs, 3 tools and 2 files of notebooks goes down\n');
});

test('exit code 1 and a line for each finding', { timeout: 30_000 }, async () => {
  const { code, stdout, stderr } = await checkHouseWith({ 'notebooks/01-a/helper.ts': "import 'left';\n" });
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(/^notebooks\/01-a\/helper\.ts:1: "left" is not declared.*\n\n1 finding in /);
});

test('exit code 2 for a folder that is no workspace', { timeout: 30_000 }, async () => {
  const { code, stderr } = await check(fileURLToPath(new URL('.', import.meta.url)));
  expect(code).toBe(2);
  expect(stderr).toMatch(/^Cannot check .*: it has no libs and no tools; name the folder of the workspace\n$/);
});
