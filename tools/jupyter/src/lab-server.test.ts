import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { gone } from './fixtures/gone.js';
import { FakeProject } from './fixtures/fake-project.js';
import { labArguments, startLab, sweepLeftOvers, type LabServer } from './lab-server.js';
import { parseOptions, type StartOptions } from './options.js';
import { isRunning } from './process-tree.js';

let project: FakeProject;
beforeEach(() => (project = new FakeProject()));
afterEach(() => project.remove());

const read = (...argv: string[]): StartOptions => parseOptions(argv, project.folders.notebooks, project.folders.root);

function startFake(behaviour: string, signal?: AbortSignal): Promise<LabServer> {
  return startLab({
    executable: project.python,
    folders: project.folders,
    options: read('--no-browser'),
    open: '05-futures/01 a.ipynb',
    env: { ...process.env, FAKE_LAB: behaviour },
    ...(signal === undefined ? {} : { signal }),
  });
}

test('waits until JupyterLab listens, gives the address with the token, and stops it with its kernel', async () => {
  const lab = await startFake('good');
  expect(lab.url).toBe('http://localhost:8899/lab/tree/05-futures/01%20a.ipynb?token=abc');
  expect(lab.log()).toContain('-m jupyterlab --ServerApp.root_dir=');
  const kernel = project.kernel();
  expect(await lab.stop()).toBe(true);
  expect(await lab.exited).toEqual({ code: 0, signal: undefined });
  await gone(kernel);
  expect(readdirSync(join(project.folders.state, 'runtime'))).toEqual([]);
});

test('a kernel that JupyterLab leaves behind is ended', async () => {
  const lab = await startFake('forgets');
  const kernel = project.kernel();
  expect(await lab.stop()).toBe(true);
  await gone(kernel);
});

test('a JupyterLab that does not answer is ended by force, with its kernel', async () => {
  const lab = await startFake('deaf');
  const kernel = project.kernel();
  expect(await lab.stop(AbortSignal.abort())).toBe(false);
  expect(await lab.exited).toEqual({ code: undefined, signal: 'SIGKILL' });
  await gone(kernel);
});

test('a JupyterLab that dies at once is a sentence with its last words, and pages help', async () => {
  await expect(startFake('dies')).rejects.toMatchObject({
    name: 'StartProblem',
    message: `Cannot start JupyterLab with ${project.python}: it ended at once`,
    output: "ModuleNotFoundError: No module named 'jupyterlab'",
    advice: ['All that it said is in .jupyter/jupyter.log'],
    pagesHelp: true,
  });
});

test('an interpreter that cannot be started is a sentence', async () => {
  renameSync(project.python, `${project.python}.away`);
  await expect(startFake('good')).rejects.toMatchObject({ name: 'StartProblem', pagesHelp: true });
});

test('a stop in the middle of a start ends what was started', async () => {
  const stop = new AbortController();
  const started = startFake('silent', stop.signal);
  const record = join(project.folders.state, 'runtime', String(process.pid), 'kernel-1.json');
  while (!existsSync(record)) await new Promise(setImmediate);
  let kernel: number | undefined;
  // The record is there a moment before it is whole.
  while (kernel === undefined) {
    try {
      kernel = project.kernel();
    } catch {
      await new Promise(setImmediate);
    }
  }
  stop.abort(new Error('stopped by SIGINT'));
  await expect(started).rejects.toThrow('stopped by SIGINT');
  await gone(kernel);
});

test('a server whose launcher was killed is ended by the next start', async () => {
  const { folders } = project;
  const launcher = spawn(process.execPath, ['-e', '']);
  await once(launcher, 'exit');
  const runtime = join(folders.state, 'runtime', String(launcher.pid));
  mkdirSync(runtime, { recursive: true });
  const orphan = spawn(project.python, ['-m', 'jupyterlab'], {
    env: { ...process.env, FAKE_LAB: 'good', JUPYTER_RUNTIME_DIR: runtime },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(orphan.stdout, 'data');
  const kernel = project.kernel(launcher.pid);
  const ended = once(orphan, 'exit');
  // The record with the server's number follows a moment later.
  while (!readdirSync(runtime).some((name) => name.startsWith('jpserver'))) await new Promise(setImmediate);
  expect(await sweepLeftOvers(folders)).toBe(1);
  await ended;
  await gone(kernel);
  expect(readdirSync(join(folders.state, 'runtime'))).toEqual([]);
  expect(await sweepLeftOvers(folders)).toBe(0);
});

test('a server whose launcher runs is left alone', async () => {
  const lab = await startFake('good');
  expect(await sweepLeftOvers(project.folders)).toBe(0);
  expect(isRunning(lab.pid)).toBe(true);
  await lab.stop();
});

test('a setting that the reader gave replaces ours', () => {
  const { folders } = project;
  const line = (...argv: string[]): string[] =>
    labArguments({ folders, options: read(...argv), open: 'a b' }).filter((word) => word !== '--allow-root');
  const root = `--ServerApp.root_dir=${folders.notebooks}`;
  const url = '--LabApp.default_url=/lab/tree/a%20b';
  expect(line()).toEqual([root, url]);
  expect(line('--port', '9000', '--no-browser')).toEqual([
    root,
    url,
    '--port=9000',
    '--ServerApp.port_retries=0',
    '--no-browser',
  ]);
  expect(line('--ServerApp.root_dir=/x', '--debug')).toEqual([url, '--ServerApp.root_dir=/x', '--debug']);
  expect(line('--notebook-dir', '/x')).toEqual([url, '--notebook-dir', '/x']);
  expect(line('--ip=*')).toEqual([root, url, '--ip=*']);
});
