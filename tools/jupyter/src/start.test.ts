import { EventEmitter } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { gone } from './fixtures/gone.js';
import { FakeProject } from './fixtures/fake-project.js';
import { FakePythons, type FakeCommand } from './fixtures/fake-pythons.js';
import { listen } from './listen.js';
import { start } from './start.js';

let project: FakeProject;
let signals: EventEmitter;
let printed: string;
let watchers: { text: string; seen: () => void }[];
beforeEach(() => {
  project = new FakeProject();
  signals = new EventEmitter();
  printed = '';
  watchers = [];
});
afterEach(() => {
  expect(signals.eventNames()).toEqual([]);
  project.remove();
});

function print(text: string): void {
  printed += text;
  watchers.filter((watcher) => printed.includes(watcher.text)).forEach((watcher) => watcher.seen());
}

/** Resolves when the launcher has printed the text. */
function said(text: string): Promise<void> {
  return new Promise((seen) => {
    watchers.push({ text, seen });
    print('');
  });
}

function launch(
  argv: string[],
  pythons: FakePythons,
  more: { nodeVersion?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<number> {
  return start(argv, {
    folders: project.folders,
    cwd: project.folders.root,
    env: { ...process.env, FAKE_LAB: 'good', ...more.env },
    platform: 'linux',
    nodeVersion: more.nodeVersion ?? '20.19.0',
    output: { write: print },
    run: pythons.run,
    signals,
  });
}

const withLab = (): FakePythons =>
  new FakePythons({ python3: { executable: project.python, jupyterlab: '4.6.6' } }, (args) =>
    args[2] === 'nbformat.sign' ? {} : undefined,
  );

/** The notebook runner: `execute` does what it is told to, `html` writes one page. */
const runner =
  (execute: FakeCommand = () => ({})): FakeCommand =>
  async (args, options) => {
    if (!String(args[1]).endsWith('notebook.mjs')) return undefined;
    if (args[2] === 'execute') return execute(args, options);
    const folder = String(args.at(-1));
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'index.html'), '<h1>Book</h1>');
    return { stdout: `${join(folder, 'index.html')}\n` };
  };

test('opens JupyterLab, prints the address, and stops everything on Ctrl-C with 0', async () => {
  const pythons = withLab();
  const code = launch(['--no-browser'], pythons);
  await said('Stop   Ctrl-C');
  const kernel = project.kernel();
  expect(printed).toContain('✓ JupyterLab 4.6.6 of ');
  expect(printed).toContain('✓ Kernel "TypeScript (Interleave)" registered for this project');
  expect(printed).toContain('Open   http://localhost:8899/lab/tree/05-futures/01-a.ipynb?token=abc');
  // JupyterLab shows no SVG of a notebook that it does not trust.
  expect(pythons.calls.at(-1)).toEqual([
    project.python,
    '-m',
    'nbformat.sign',
    join(project.folders.notebooks, '05-futures', '01-a.ipynb'),
  ]);
  signals.emit('SIGINT', 'SIGINT');
  expect(await code).toBe(0);
  expect(printed).toContain('✓ JupyterLab and its kernels have ended');
  await gone(kernel);
});

test('SIGTERM is an orderly stop too', async () => {
  const code = launch([], withLab());
  await said('Stop   Ctrl-C');
  signals.emit('SIGTERM', 'SIGTERM');
  expect(await code).toBe(0);
});

test('shutting down from the File menu ends the launcher with 0', async () => {
  const code = launch([], withLab());
  await said('Stop   Ctrl-C');
  const runtime = join(project.folders.state, 'runtime', String(process.pid));
  const server = readdirSync(runtime).find((name) => name.startsWith('jpserver')) ?? '';
  process.kill(Number(/\d+/.exec(server)?.[0]), 'SIGUSR2');
  expect(await code).toBe(0);
  expect(printed).toContain('✓ JupyterLab was shut down');
});

test('a JupyterLab that is killed is a sentence, and leaves no kernel', async () => {
  const code = launch([], withLab());
  await said('Stop   Ctrl-C');
  const kernel = project.kernel();
  const runtime = join(project.folders.state, 'runtime', String(process.pid));
  const server = readdirSync(runtime).find((name) => name.startsWith('jpserver')) ?? '';
  process.kill(Number(/\d+/.exec(server)?.[0]), 'SIGKILL');
  expect(await code).toBe(1);
  expect(printed).toContain('JupyterLab ended by itself, with SIGKILL');
  expect(printed).not.toMatch(/^\s+at /m);
  await gone(kernel);
});

test('without Python: says so, runs a copy of the book, serves its pages, and stops on Ctrl-C', async () => {
  let ran = '';
  const pythons = new FakePythons(
    {},
    runner((args) => {
      ran = String(args[3]);
      writeFileSync(join(ran, '05-futures', '01-a.ipynb'), '{"changed":true}');
      return { output: 'running' };
    }),
  );
  const code = launch(['--port', '0'], pythons);
  await said('Stop   Ctrl-C');
  expect(printed).toContain('Cannot run JupyterLab: there is no Python on this machine that starts');
  expect(printed).toContain('sudo apt-get install python3 python3-venv');
  expect(printed).not.toMatch(/^\s+at /m);
  const url = /Read {3}(\S+)/.exec(printed)?.[1] ?? '';
  expect(await (await fetch(url)).text()).toBe('<h1>Book</h1>');
  expect(ran.startsWith(project.folders.state)).toBe(true);
  expect(readFileSync(join(project.folders.notebooks, '05-futures', '01-a.ipynb'), 'utf8')).toBe('{}');
  signals.emit('SIGINT', 'SIGINT');
  expect(await code).toBe(0);
  await expect(fetch(url)).rejects.toThrow();
  expect(readdirSync(join(project.folders.state, 'pages'))).toEqual([]);
});

test('--pages does not look for Python; a failing notebook is named, and served all the same', async () => {
  const pythons = new FakePythons(
    {},
    runner(() => ({ code: 1, output: 'failed: 05-futures/01-a#cell' })),
  );
  const code = launch(['--pages', '--port=0'], pythons);
  await said('Stop   Ctrl-C');
  expect(pythons.calls.every(([program]) => program === process.execPath)).toBe(true);
  expect(printed).toContain('failed: 05-futures/01-a#cell');
  signals.emit('SIGTERM', 'SIGTERM');
  expect(await code).toBe(0);
});

test('a renderer that does not work is a sentence', async () => {
  const pythons = new FakePythons({}, (args) => (args[2] === 'html' ? { code: 1, output: 'no disk' } : {}));
  expect(await launch(['--pages', '--port=0'], pythons)).toBe(1);
  expect(printed).toContain('Cannot make pages of the notebooks: the renderer failed\n    no disk');
  expect(readdirSync(join(project.folders.state, 'pages'))).toEqual([]);
});

test('Ctrl-C while the book runs ends that, with 130', async () => {
  const pythons = new FakePythons(
    {},
    runner(async (_args, { signal }) => {
      signals.emit('SIGINT', 'SIGINT');
      expect(signal?.aborted).toBe(true);
      return { code: undefined };
    }),
  );
  expect(await launch(['--pages'], pythons)).toBe(130);
  expect(printed).toContain('Stopped');
});

test('a port in use is refused before anything is looked for or made', async () => {
  const server = createServer();
  await listen(server, 0, '127.0.0.1');
  const { port } = server.address() as AddressInfo;
  const pythons = withLab();
  expect(await launch(['--port', String(port)], pythons)).toBe(1);
  expect(printed).toBe(
    `\nCannot listen on port ${port} of 127.0.0.1: it is in use\n` +
      '  Choose another with --port, or leave --port out to take the next free one\n',
  );
  expect(pythons.calls).toEqual([]);
  await new Promise((done) => server.close(done));
});

test('an installed JupyterLab that does not start is passed over, and pages come last', async () => {
  const pages = runner();
  const pythons = new FakePythons({ python3: { executable: project.python, jupyterlab: '4.6.6' } }, (args, options) =>
    args[2] === 'venv' ? { code: 1, output: 'Error: no luck' } : pages(args, options),
  );
  const code = launch(['--port=0'], pythons, { env: { FAKE_LAB: 'dies' } });
  await said('Stop   Ctrl-C');
  expect(printed).toContain(`! JupyterLab of ${project.python} does not start; another one is taken`);
  expect(printed).toContain(`Cannot make .venv with ${project.python}\n    Error: no luck`);
  signals.emit('SIGINT', 'SIGINT');
  expect(await code).toBe(0);
});

test('wrong options end with 2, help with 0, and neither touches the disk', async () => {
  expect(await launch(['--port', 'x'], withLab())).toBe(2);
  expect(await launch(['--help'], withLab())).toBe(0);
  expect(printed).toContain('npm start [-- options] [notebook]');
  expect(existsSync(project.folders.state)).toBe(false);
});

test('a Node that is too old is a sentence', async () => {
  expect(await launch([], withLab(), { nodeVersion: '20.18.1' })).toBe(1);
  expect(printed).toContain('Cannot run the notebooks: Node 20.19 or newer is needed, and this is 20.18.1');
});
