import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { kernelSpec } from '@interleave/kernel';
import { TestFolder } from './fixtures/notebooks.js';
import type { TestCell } from './fixtures/notebooks.js';
import { readNotebook } from './notebook-file.js';
import type { CellRecord } from './record.js';
import { runNotebook } from './run-notebook.js';
import type { RunOptions } from './run-notebook.js';
import { workspaceRoot } from './workspace.js';

let folder: TestFolder;
beforeEach(async () => {
  folder = await TestFolder.create();
});
afterEach(() => folder.remove());

function run(path: string, mode: RunOptions['mode'], options: Partial<RunOptions> = {}): Promise<CellRecord[]> {
  return runNotebook(path, { mode, timeout: 60_000, ...options });
}

const statuses = (records: readonly CellRecord[]): string[] => records.map(({ cell, status }) => `${cell} ${status}`);

// One cell of every kind that a chapter has.
const chapter: TestCell[] = [
  { id: 'question', type: 'markdown', source: '# How much?' },
  { id: 'prints', source: "console.log('a');\nconsole.error('b');\nconsole.log('c');" },
  { id: 'value', source: 'const sum = 1 + 1;\nsum' },
  {
    id: 'varies',
    source: "console.log(`${'▇'.repeat(1 + (Date.now() % 7))} ${performance.now()} ms`);",
    tags: ['varies'],
  },
  { id: 'live', source: 'console.log(Date.now());', tags: ['live'] },
  { id: 'must-fail', source: "throw new RangeError('meant');", tags: ['raises-exception'] },
  { id: 'paths', source: 'console.log(process.cwd());' },
  {
    id: 'progress',
    source: `import { newDisplay } from 'tslab';\nconst bar = newDisplay();\nfor (const n of [1, 2, 3]) bar.text(\`\${n} of 3\`);`,
  },
  { id: 'answer', source: 'sum * 21', tags: ['solution'] },
  { id: 'empty', source: '' },
];

test('execute saves what cells show, and a second run changes not one byte', async () => {
  const path = await folder.notebook('chapter', chapter);
  const first = await run(path, 'execute');
  expect(first.every(({ status }) => status === 'passed')).toBe(true);
  expect(first.map(({ cell }) => cell)).not.toContain('question');
  const saved = await readFile(path, 'utf8');
  expect((await run(path, 'execute')).every(({ status }) => status === 'passed')).toBe(true);
  expect(await readFile(path, 'utf8')).toBe(saved);
  expect((await run(path, 'test')).every(({ status }) => status === 'passed')).toBe(true);
  expect(await readFile(path, 'utf8')).toBe(saved);
  expect(saved).not.toContain(workspaceRoot);
  expect(saved).toMatch(/"execution_count": null/);
  expect(saved).not.toMatch(/"execution_count": \d/);
  const outputs = Object.fromEntries((await readNotebook(path)).cells.map((cell) => [cell.id, cell.outputs]));
  expect(outputs['prints']).toMatchObject([{ text: 'a\n' }, { name: 'stderr', text: 'b\n' }, { text: 'c\n' }]);
  expect(outputs['live']).toEqual([]);
  expect(outputs['progress']).toMatchObject([{ data: { 'text/plain': '3 of 3' } }]);
  expect(outputs['answer']).toMatchObject([{ text: '42\n' }]);
});

test('test names the first line that differs, runs on, and changes nothing', async () => {
  const output = (text: string): unknown => ({ output_type: 'stream', name: 'stdout', text });
  const path = await folder.notebook('differs', [
    { id: 'same', source: "console.log('same');", outputs: [output('same\n')] },
    { id: 'differs', source: "console.log('one\\ntwo');", outputs: [output('one\nTWO\n')] },
    { id: 'never-saved', source: "console.log('new');" },
    { id: 'last', source: '', outputs: [] },
  ]);
  const before = await readFile(path, 'utf8');
  const records = await run(path, 'test');
  expect(statuses(records)).toEqual(['same passed', 'differs failed', 'never-saved failed', 'last passed']);
  expect(records[1]).toMatchObject({
    kind: 'output-differs',
    message: 'Output differs from what is saved (stdout, line 2)\n  saved: TWO\n  now:   two',
  });
  expect(records[2]?.message).toContain('saved: (nothing)');
  expect(await readFile(path, 'utf8')).toBe(before);
});

test('a failed execute keeps the saved outputs of what did not run', async () => {
  const saved = { output_type: 'stream', name: 'stdout', text: 'saved\n' };
  const path = await folder.notebook('fails', [
    { id: 'fails', source: "console.log('partial');\nthrow new Error('no');" },
    { id: 'aborted', source: "console.log('x');", outputs: [saved] },
  ]);
  expect(statuses(await run(path, 'execute'))).toEqual(['fails failed', 'aborted aborted']);
  const { cells } = await readNotebook(path);
  expect(cells[0]?.outputs).toMatchObject([{ text: 'partial\n' }, { ename: 'Error' }]);
  expect(cells[1]?.outputs).toEqual([saved]);
});

test('slow cells have five times as long, and are left out with --fast', async () => {
  const path = await folder.notebook('slow', [
    { id: 'slow', source: 'await new Promise((resolve) => setTimeout(resolve, 6_000));', tags: ['slow'] },
    { id: 'quick', source: "'quick'" },
  ]);
  expect(statuses(await run(path, 'execute', { timeout: 5_000 }))).toEqual(['slow passed', 'quick passed']);
  const fast = await run(path, 'test', { timeout: 5_000, fast: true });
  expect(statuses(fast)).toEqual(['slow skipped', 'quick passed']);
  expect(fast[0]?.kind).toBe('slow');
});

test('output that comes after the last cell is waited for', async () => {
  const path = await folder.notebook('late', [
    { id: 'first', source: "const timer = setTimeout(() => console.log('late'), 30);" },
    { id: 'last', source: "console.log('last');" },
  ]);
  await run(path, 'execute');
  const { cells } = await readNotebook(path);
  expect(cells[0]?.outputs).toMatchObject([{ text: 'late\n' }]);
  expect(cells[1]?.outputs).toMatchObject([{ text: 'last\n' }]);
});

test('the environment of the shell does not show in a notebook', async () => {
  const before = { ...process.env };
  Object.assign(process.env, {
    FORCE_COLOR: '1',
    TZ: 'Asia/Tokyo',
    LANG: 'de_DE.UTF-8',
    NODE_OPTIONS: '--no-warnings',
  });
  const path = await folder.notebook('env', [
    { id: 'colours', source: "console.log({ a: 'red' });" },
    { id: 'zone', source: 'console.log(new Date(0).getHours(), process.env.LANG, process.env.NODE_OPTIONS);' },
  ]);
  try {
    await run(path, 'execute');
  } finally {
    for (const name of ['FORCE_COLOR', 'TZ', 'LANG', 'NODE_OPTIONS']) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  }
  const { cells } = await readNotebook(path);
  expect(cells[0]?.outputs).toMatchObject([{ text: "{ a: 'red' }\n" }]);
  expect(cells[1]?.outputs).toMatchObject([{ text: '0 C.UTF-8 undefined\n' }]);
});

test('the same notebook runs on plain tslab', async () => {
  const path = await folder.notebook(
    'plain',
    chapter.filter(({ id }) => id !== 'progress'),
  );
  const spec = kernelSpec(workspaceRoot, { plain: true });
  const records = await run(path, 'execute', { spec });
  expect(statuses(records.filter(({ status }) => status !== 'passed'))).toEqual([]);
  const failing = await folder.notebook('plain-fails', [
    { id: 'throws', source: "throw new RangeError('no');" },
    { id: 'after', source: '1' },
  ]);
  const [failed, aborted] = await run(failing, 'test', { spec });
  expect(failed).toMatchObject({ status: 'failed', kind: 'error' });
  expect(failed?.message).toContain('RangeError: no');
  expect(aborted?.status).toBe('aborted');
});
