// Deliberately bad notebooks: each gets a clear result, and leaves no process, socket or file behind. Where a notebook ends its
// kernel, or what it has started is looked for afterwards, it has a kernel of its own; the others run in one, one after the other.
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { kernelSpec } from '@interleave/kernel';
import { useKernel } from './fixtures/kernel.js';
import { isAlive, TestFolder, until } from './fixtures/notebooks.js';
import type { TestCell } from './fixtures/notebooks.js';
import { readNotebook } from './notebook-file.js';
import type { Output } from './outputs.js';
import type { CellRecord } from './record.js';
import { runNotebook } from './run-notebook.js';
import type { RunOptions } from './run-notebook.js';
import { KernelSession } from './session.js';
import { workspaceRoot } from './workspace.js';

let folder: TestFolder;
let temporary: string;
const before = process.env['TMPDIR'];

beforeEach(async () => {
  folder = await TestFolder.create();
  temporary = await mkdtemp(join(tmpdir(), 'bad-'));
  process.env['TMPDIR'] = temporary;
});

afterEach(async () => {
  const left = await readdir(temporary);
  if (before === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = before;
  await rm(temporary, { recursive: true, force: true });
  await folder.remove();
  expect(left).toEqual([]);
});

async function run(cells: TestCell[] | string, options: Partial<RunOptions> = {}): Promise<CellRecord[]> {
  const path = typeof cells === 'string' ? cells : await folder.notebook('bad', cells);
  return runNotebook(path, { mode: 'execute', timeout: 30_000, ...options });
}

async function outputsOf(id: string): Promise<Output[]> {
  const notebook = await readNotebook(join(folder.path, 'bad.ipynb'));
  return notebook.cells.find((cell) => cell.id === id)?.outputs ?? [];
}

const after: TestCell = { id: 'after', source: '1 + 1' };

describe('in one kernel', () => {
  const kernel = useKernel();
  beforeEach(() => {
    vi.spyOn(KernelSession, 'start').mockResolvedValue(kernel.session);
    vi.spyOn(kernel.session, 'close').mockResolvedValue();
  });
  afterEach(() => void vi.restoreAllMocks());

  test('a type error is named with its place, and nothing behind it runs', async () => {
    const [record, aborted] = await run([{ id: 'wrong-type', source: "const count: number = 'three';" }, after]);
    expect(record).toMatchObject({ status: 'failed', kind: 'type-error', cell: 'wrong-type' });
    expect(record?.id).toMatch(/^notebooks-\w+\/bad#wrong-type$/);
    expect(record?.message).toBe(
      "1:7 - Type 'string' is not assignable to type 'number'.\n  const count: number = 'three';\n        ^",
    );
    expect(aborted).toMatchObject({ status: 'aborted', kind: 'not-run', message: 'not run: wrong-type failed' });
  });

  test('a thrown error is told with name, message and the place in the cell', async () => {
    const [record, aborted] = await run([
      {
        id: 'throws',
        source: 'type Limit = number;\n\nconst limit: Limit = 3;\nthrow new RangeError(`over ${limit}`);',
      },
      after,
    ]);
    expect(record).toMatchObject({ status: 'failed', kind: 'error' });
    expect(record?.message).toBe('RangeError: over 3\n    at throws:4:7');
    expect(aborted?.status).toBe('aborted');
    expect(await outputsOf('throws')).toMatchObject([{ output_type: 'error', ename: 'RangeError', evalue: 'over 3' }]);
  });

  test('a failed check shows its sentence and both values, and no stack', async () => {
    const source = `class CheckFailedError extends Error { override name = 'CheckFailedError'; }
throw new CheckFailedError('Check failed: no update is lost\\n  actual:   3\\n  expected: 4');`;
    const [record] = await run([{ id: 'check-lost-update', source }]);
    expect(record).toMatchObject({
      status: 'failed',
      kind: 'check',
      message: 'Check failed: no update is lost\n  actual:   3\n  expected: 4',
    });
  });

  test('a rejected promise that nobody handles fails its cell', async () => {
    const [awaited] = await run([{ id: 'awaited', source: "await Promise.reject(new TypeError('no'));" }]);
    expect(awaited).toMatchObject({ status: 'failed', kind: 'error' });
    expect(awaited?.message).toContain('TypeError: no');
    const [floating, next] = await run([
      { id: 'floating', source: "void Promise.reject(new TypeError('no'));" },
      { id: 'next', source: '1' },
    ]);
    expect(floating).toMatchObject({ status: 'failed', kind: 'error' });
    expect(floating?.message).toContain('Rejected, and nobody handled it:\nTypeError: no\n    at floating:1:21');
    expect(next?.status).toBe('aborted');
  });

  test('an error in a callback that comes after its cell fails that cell', async () => {
    const records = await run([
      {
        id: 'sets-timer',
        source: `const state = { go: false };
const timer = setInterval(() => {
  if (!state.go) return;
  clearInterval(timer);
  throw new Error('late');
}, 1);`,
      },
      { id: 'lets-it-go', source: 'state.go = true;\nawait new Promise((resolve) => setTimeout(resolve, 50));' },
    ]);
    expect(records).toMatchObject([
      { cell: 'sets-timer', status: 'failed', kind: 'error' },
      { cell: 'lets-it-go', status: 'passed' },
    ]);
    expect(records[0]?.message).toMatch(/^Uncaught in a callback:\nError: late\n {4}at .*sets-timer:5:9\)?$/);
  });

  test('an endless loop is interrupted, and what it printed is kept', async () => {
    const [record] = await run([{ id: 'endless', source: "console.log('begun');\nfor (;;) {}" }], { timeout: 3_000 });
    expect(record).toMatchObject({ status: 'failed', kind: 'timeout' });
    expect(record?.message).toBe('Not done within 3000 ms: it was interrupted; raise --timeout or tag the cell "slow"');
    expect((await outputsOf('endless'))[0]).toEqual({ output_type: 'stream', name: 'stdout', text: 'begun\n' });
  });

  test('an await that never settles is interrupted', async () => {
    const [record, aborted] = await run(
      [{ id: 'waits', source: "console.log('begun');\nawait new Promise(() => {});" }, after],
      { timeout: 3_000 },
    );
    expect(record).toMatchObject({ status: 'failed', kind: 'timeout' });
    expect(aborted?.status).toBe('aborted');
    expect((await outputsOf('waits'))[0]).toEqual({ output_type: 'stream', name: 'stdout', text: 'begun\n' });
  });

  test('50,000 lines arrive complete and in order', async () => {
    const source = 'for (let line = 0; line < 50_000; line++) console.log(line);';
    const [record] = await run([{ id: 'many-lines', source }]);
    expect(record?.status).toBe('passed');
    const [output, ...more] = await outputsOf('many-lines');
    expect(more).toEqual([]);
    expect(output).toEqual({
      output_type: 'stream',
      name: 'stdout',
      text: Array.from({ length: 50_000 }, (_, line) => `${line}\n`).join(''),
    });
  });

  test('a cell that should raise and does not is a failure', async () => {
    const [record] = await run([{ id: 'must-fail', source: '1 + 1', tags: ['raises-exception'] }]);
    expect(record).toMatchObject({ status: 'failed', kind: 'no-error' });
  });
});

test('code that cannot be interrupted is killed with all its children', async () => {
  const source = `import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
writeFileSync('pid', String(process.pid));
spawnSync('sh', ['-c', 'trap "" INT; echo $$ > child; while :; do sleep 1; done']);`;
  const [record] = await run([{ id: 'deaf', source }], { timeout: 5_000, grace: 300 });
  expect(record).toMatchObject({ status: 'failed', kind: 'timeout' });
  expect(record?.message).toContain('its kernel was killed');
  for (const file of ['pid', 'child']) {
    const pid = Number(await folder.read(file));
    await until(async () => !(await isAlive(pid)));
  }
});

test('process.exit is a death of the kernel with its exit code, also when that is 0', async () => {
  for (const code of [0, 3]) {
    const [record, aborted] = await run([
      { id: 'exits', source: `console.log('last words'); process.exit(${code});` },
      after,
    ]);
    expect(record).toMatchObject({ status: 'failed', kind: 'kernel-died' });
    expect(record?.message).toBe(`The kernel ended with exit code ${code} while this cell ran`);
    expect(aborted?.status).toBe('aborted');
  }
});

test('a killed kernel is told with its signal', async () => {
  const [record] = await run([{ id: 'killed', source: "process.kill(process.pid, 'SIGKILL');\nfor (;;) {}" }]);
  expect(record).toMatchObject({ status: 'failed', kind: 'kernel-died' });
  expect(record?.message).toBe('The kernel ended with signal SIGKILL while this cell ran');
});

test('a worker that outlives its cell prints into that cell, and ends with the kernel', async () => {
  const records = await run([
    {
      id: 'starts-worker',
      source: `import { Worker } from 'node:worker_threads';
const worker = new Worker(
  "const { parentPort } = require('node:worker_threads');" +
    "setInterval(() => { console.log('from the worker'); parentPort.postMessage('printed'); }, 5)",
  { eval: true },
);`,
    },
    {
      id: 'meanwhile',
      source: `for (let printed = 0; printed < 3; printed++) await new Promise((resolve) => worker.once('message', resolve));
console.log('meanwhile');`,
    },
  ]);
  expect(records.map(({ status }) => status)).toEqual(['passed', 'passed']);
  expect(await outputsOf('meanwhile')).toEqual([{ output_type: 'stream', name: 'stdout', text: 'meanwhile\n' }]);
  expect(await outputsOf('starts-worker')).toMatchObject([{ text: expect.stringMatching(/^(from the worker\n)+$/) }]);
});

test('a child process that left the process group does not outlive the run', async () => {
  const source = `import { spawn } from 'node:child_process';
const child = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' });
console.log(child.pid);`;
  const [record] = await run([{ id: 'detaches', source }]);
  expect(record?.status).toBe('passed');
  const [output] = await outputsOf('detaches');
  const pid = Number((output as { text: string }).text);
  expect(pid).toBeGreaterThan(0);
  await until(async () => !(await isAlive(pid)));
});

test('invalid JSON is an invalid notebook', async () => {
  const [record] = await run(await folder.file('broken.ipynb', '{ "cells": ['));
  expect(record).toMatchObject({ status: 'failed', kind: 'invalid-notebook', cell: '' });
  expect(record?.message).toMatch(/^Cannot read the notebook: it is not JSON \(/);
});

test('a notebook that is none of nbformat 4.5 is told where it differs', async () => {
  const text = '{"cells": [{"cell_type": "code"}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}';
  const [shape] = await run(await folder.file('shape.ipynb', text));
  expect(shape?.message).toContain(
    'Cannot read the notebook: it is not nbformat 4.5 at cells/0: it must have required property',
  );
  const [old] = await run(
    await folder.file('old.ipynb', '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 2}'),
  );
  expect(old?.message).toBe('Cannot read the notebook: it has format 4.2; save it as 4.5');
});

test('a missing kernel is told, by name and by file', async () => {
  const [other] = await run(await folder.notebook('bad', [after], 'python3'));
  expect(other).toMatchObject({ status: 'failed', kind: 'kernel-missing' });
  expect(other?.message).toContain('it asks for the kernel "python3"');
  const spec = kernelSpec(join(workspaceRoot, 'no-such-folder'));
  const [missing] = await run([after], { spec });
  expect(missing).toMatchObject({ status: 'failed', kind: 'kernel-missing' });
  expect(missing?.message).toMatch(/^Cannot start the kernel: .* is not there; run npm install$/);
});

test('a kernel that ends before it answers is told with what it said', async () => {
  const spec = {
    ...kernelSpec(workspaceRoot),
    argv: [process.execPath, '-e', 'console.error("no room"); process.exit(7)'],
  };
  const [record] = await run([after], { spec });
  expect(record).toMatchObject({ status: 'failed', kind: 'kernel-died' });
  expect(record?.message).toBe('Cannot start the kernel: it ended with exit code 7: no room');
});
