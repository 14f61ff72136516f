import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FakePythons } from './fixtures/fake-pythons.js';
import { findPythons, hasLab, isNewEnough, probePython, type Python } from './python.js';
import { runCommand } from './run-command.js';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'jupyter-python-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const search = (pythons: FakePythons, PATH = ''): Promise<Python[]> =>
  findPythons({ command: undefined, env: { PATH }, platform: 'linux', run: pythons.run });

test('the probe understands what a real interpreter prints, with noise in front of it', async () => {
  const script = join(folder, 'python');
  const answer = { executable: script, version: '3.12.1', jupyterlab: '4.2.0', missing: ['venv'] };
  writeFileSync(script, `#!/bin/sh\necho "sitecustomize says hello"\necho '${JSON.stringify(answer)}'\n`);
  chmodSync(script, 0o755);
  expect(await probePython([script], runCommand)).toEqual(answer);
});

test.each(['exit 3', 'echo "not a Python"', 'echo "{}"', 'echo \'{"executable":""}\''])(
  'a program that does `%s` is no Python',
  async (body) => {
    const script = join(folder, 'python');
    writeFileSync(script, `#!/bin/sh\n${body}\n`);
    chmodSync(script, 0o755);
    expect(await probePython([script], runCommand)).toBeUndefined();
  },
);

test('no Python at all is an empty list, not an error', async () => {
  expect(await search(new FakePythons({}))).toEqual([]);
});

test('each interpreter is listed once, and the search ends at the first with JupyterLab', async () => {
  const pythons = new FakePythons({
    python3: { executable: '/a/python', version: '3.9.2' },
    python: { executable: '/a/python', version: '3.9.2' },
    'python3.13': { executable: '/b/python', version: '3.13.0', jupyterlab: '4.4.1' },
    'python3.12': { executable: '/c/python', version: '3.12.0' },
  });
  expect((await search(pythons)).map((python) => python.executable)).toEqual(['/a/python', '/b/python']);
  expect(pythons.calls.map(([program]) => program)).toEqual(['python3', 'python', 'python3.14', 'python3.13']);
});

test('a jupyter-lab on the PATH leads to the interpreter in its first line', async () => {
  writeFileSync(join(folder, 'jupyter-lab'), '#!/pipx/venvs/jupyterlab/bin/python3\nimport sys\n');
  const pythons = new FakePythons({
    '/pipx/venvs/jupyterlab/bin/python3': { executable: '/pipx/python3', version: '3.11.0', jupyterlab: '4.1.0' },
  });
  expect((await search(pythons, `/none::${folder}`)).map(hasLab)).toEqual([true]);
});

test('JupyterLab from 4 and Python from 3.11 are good enough', () => {
  const python = (version: string, jupyterlab?: string): Python => ({
    executable: 'p',
    version,
    jupyterlab,
    missing: [],
  });
  expect(['3.11.0', '3.9.18', '2.7.18', '3.14.1', '4.0.0'].map((version) => isNewEnough(python(version)))).toEqual([
    true,
    false,
    false,
    true,
    true,
  ]);
  expect(['3.6.7', '4.0.0', '4.6.6', '10.0.0', undefined].map((lab) => hasLab(python('3.11.0', lab)))).toEqual([
    false,
    true,
    true,
    true,
    false,
  ]);
});
