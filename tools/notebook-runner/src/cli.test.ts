// The command as people run it.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isAlive, TestFolder, until } from './fixtures/notebooks.js';

const bin = fileURLToPath(new URL('../bin/notebook.mjs', import.meta.url));

/** Folders and files of kernels; tsx keeps a cache of its own there. */
async function leftBehind(): Promise<string[]> {
  return (await readdir(temporary)).filter((name) => !name.startsWith('tsx-'));
}

let folder: TestFolder;
let temporary: string;
beforeEach(async () => {
  folder = await TestFolder.create();
  temporary = await mkdtemp(join(tmpdir(), 'cli-'));
});
afterEach(async () => {
  await folder.remove();
  await rm(temporary, { recursive: true, force: true });
});

function start(...args: string[]): {
  child: ChildProcess;
  done: Promise<{ code: number | null; out: string; err: string }>;
} {
  const child = spawn(process.execPath, [bin, ...args], {
    cwd: folder.path,
    env: { ...process.env, TMPDIR: temporary },
  });
  const text = { out: '', err: '' };
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (text.out += chunk));
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (text.err += chunk));
  const done = new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
    child.once('close', (code) => resolve({ code, ...text }));
  });
  return { child, done };
}

test('wrong command lines end with 2 and one line of advice', async () => {
  for (const [args, message] of [
    [['run', '.'], 'Cannot run "run"'],
    [['test', 'no-such-folder'], 'Cannot find no-such-folder'],
    [['test', '.'], 'Cannot use .: no notebook in this folder'],
  ] as const) {
    const { code, err } = await start(...args).done;
    expect(code).toBe(2);
    expect(err).toContain(message);
    expect(err).not.toContain('    at ');
  }
  expect(await start('--help').done).toMatchObject({ code: 0, err: '' });
});

test('notebooks of a folder run side by side, with reports and a last line to count by', async () => {
  await folder.notebook('a/good', [{ id: 'fine', source: '1' }]);
  await folder.notebook('b/bad', [
    { id: 'fine', source: 'const x = 1;' },
    { id: 'fails', source: "throw new Error('no');" },
    { id: 'after', source: 'x' },
  ]);
  await folder.notebook('.ipynb_checkpoints/old', [{ id: 'fine', source: 'nonsense(' }]);
  const { code, out } = await start('execute', '.', '--jobs', '2', '--json', 'r/r.json', '--junit', 'r/r.xml').done;
  expect(code).toBe(1);
  expect(out.trim().split('\n').at(-1)).toBe('2 cells passed, 1 failed, 1 aborted');
  expect(out).toContain('✓ a/good  1 passed');
  expect(out).toContain('b/bad#fails  error');
  const report: any = JSON.parse(await folder.read('r/r.json'));
  expect(report.cells.map(({ id, status }: any) => `${id} ${status}`)).toEqual([
    'a/good#fine passed',
    'b/bad#fine passed',
    'b/bad#fails failed',
    'b/bad#after aborted',
  ]);
  expect(await folder.read('r/r.xml')).toContain('<testsuite name="b/bad" tests="3" failures="1"');
  expect((await start('test', 'a/good.ipynb').done).code).toBe(0);
  expect(await leftBehind()).toEqual([]);
});

test('clean and html', async () => {
  const output = { output_type: 'stream', name: 'stdout', text: 'shown\n' };
  const path = await folder.notebook('n', [{ id: 'prints', source: '1', outputs: [output] }]);
  const { code, out } = await start('html', 'n.ipynb', '--out', 'pages').done;
  expect(code).toBe(0);
  expect(await readFile(out.trim(), 'utf8')).toContain('shown');
  expect((await start('clean', 'n.ipynb').done).code).toBe(0);
  expect(await readFile(path, 'utf8')).not.toContain('shown');
});

test('a reader that has seen enough ends it without a word, and nothing is left', async () => {
  await folder.notebook('a', [{ id: 'fine', source: '1' }]);
  await folder.notebook('b', [
    { id: 'waits', source: 'await new Promise((resolve) => setTimeout(resolve, 100_000));' },
  ]);
  for (const args of [['--help'], ['test', '.', '--jobs', '1']]) {
    const { child, done } = start(...args);
    child.stdout?.destroy();
    expect(await done).toMatchObject({ code: 141, err: '' });
  }
  expect(await leftBehind()).toEqual([]);
});

for (const [signal, expected] of [
  ['SIGINT', 130],
  ['SIGKILL', null],
] as const) {
  test(`a runner that is ended by ${signal} takes its kernel along`, async () => {
    const source = `import { writeFileSync } from 'node:fs';
writeFileSync('pid.part', String(process.pid));
await import('node:fs/promises').then((fs) => fs.rename('pid.part', 'pid'));
await new Promise((resolve) => setTimeout(resolve, 100_000));`;
    await folder.notebook('waits', [{ id: 'waits', source }]);
    const { child, done } = start('test', 'waits.ipynb');
    await until(() => folder.read('pid').then(Boolean, () => false));
    const pid = Number(await folder.read('pid'));
    expect(await isAlive(pid)).toBe(true);
    child.kill(signal);
    expect((await done).code).toBe(expected);
    await until(async () => !(await isAlive(pid)));
    if (signal === 'SIGINT') expect(await leftBehind()).toEqual([]);
  });
}
