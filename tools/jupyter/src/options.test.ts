import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseOptions, type StartOptions } from './options.js';

let root: string;
let notebooks: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'jupyter-options-'));
  notebooks = join(root, 'notebooks');
  mkdirSync(join(notebooks, '05-futures'), { recursive: true });
  writeFileSync(join(notebooks, '05-futures', 'a b.ipynb'), '{}');
  writeFileSync(join(root, 'outside.ipynb'), '{}');
});
afterEach(() => rmSync(root, { recursive: true }));

const parse = (...argv: string[]): StartOptions => parseOptions(argv, notebooks, root);

test('nothing given: a browser, any port, everything open', () => {
  expect(parse()).toEqual({
    help: false,
    pages: false,
    python: undefined,
    port: undefined,
    ip: undefined,
    open: undefined,
    browser: true,
    forJupyter: [],
  });
});

test('our own options are read in both spellings, and do not go on', () => {
  expect(parse('--port', '9000', '--no-browser', '--python=/opt/py', '--ip=*')).toMatchObject({
    port: 9000,
    browser: false,
    python: '/opt/py',
    ip: '*',
    forJupyter: [],
  });
  expect(parse('--ServerApp.port=0').port).toBe(0);
  expect(parse('--help').help).toBe(true);
  expect(parse('-h').help).toBe(true);
  expect(parse('--pages').pages).toBe(true);
});

test('everything else goes on to JupyterLab, in order and untouched', () => {
  const rest = ['--ServerApp.token=a=b', '--debug', '--log-level', 'DEBUG', '-y'];
  expect(parse('--port=1', ...rest).forJupyter).toEqual(rest);
});

test('a notebook or a chapter is opened first, named from here or from the notebooks folder', () => {
  expect(parse('notebooks/05-futures').open).toBe('05-futures');
  expect(parse('05-futures/a b.ipynb').open).toBe('05-futures/a b.ipynb');
  expect(parse('--debug', join(notebooks, '05-futures')).open).toBe('05-futures');
});

test.each([
  [['--port', 'x'], 'Cannot listen on port x: a port is a whole number from 0 to 65535'],
  [['--port', '65536'], 'Cannot listen on port 65536: a port is a whole number from 0 to 65535'],
  [['--port=-1'], 'Cannot listen on port -1: a port is a whole number from 0 to 65535'],
  [['--port'], 'Cannot read the option --port: its value is missing'],
  [['nothing.ipynb'], 'Cannot open nothing.ipynb: there is no such file'],
  [['outside.ipynb'], 'Cannot open outside.ipynb: it is not in the notebooks folder'],
])('%j is refused in a sentence', (argv, message) => {
  expect(() => parse(...argv)).toThrow(expect.objectContaining({ name: 'StartProblem', message }));
});
