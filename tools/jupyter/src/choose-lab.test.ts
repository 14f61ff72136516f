import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { chooseLab, type LabChoice } from './choose-lab.js';
import { FakePythons, type FakeCommand, type FakePython } from './fixtures/fake-pythons.js';
import { Progress } from './progress.js';
import { describeProblem, StartProblem } from './start-problem.js';

let root: string;
let requirements: string;
let printed: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'jupyter-choose-'));
  requirements = join(root, 'requirements.txt');
  writeFileSync(requirements, 'jupyterlab==4.6.6\ntornado==6.6.1\n');
  printed = '';
});
afterEach(() => rmSync(root, { recursive: true }));

const venvPython = (): string => join(root, '.venv', 'bin', 'python');
const plain: FakePython = { executable: '/usr/bin/python3' };

/** A machine on which `python -m venv` and pip do what they are for, or what the given command says. */
function machine(pythons: Record<string, FakePython>, command: FakeCommand = () => undefined): FakePythons {
  let installed = existsSync(join(root, '.venv', 'bin', 'lab'));
  const inVenv = (): FakePython | undefined =>
    existsSync(venvPython()) ? { executable: venvPython(), ...(installed ? { jupyterlab: '4.6.6' } : {}) } : undefined;
  return new FakePythons({ ...pythons, [venvPython()]: inVenv }, async (args, options) => {
    const answer = await command(args, options);
    if (answer !== undefined) return answer;
    if (args[2] === 'venv') {
      mkdirSync(join(root, '.venv', 'bin'), { recursive: true });
      writeFileSync(venvPython(), '');
      writeFileSync(join(root, '.venv', 'pyvenv.cfg'), '');
      return {};
    }
    if (args[2] === 'pip') {
      installed = true;
      return { output: 'Collecting jupyterlab==4.6.6\nInstalling collected packages: tornado, jupyterlab' };
    }
    return undefined;
  });
}

function choose(pythons: FakePythons, more: Partial<LabChoice> = {}): ReturnType<typeof chooseLab> {
  return chooseLab({
    root,
    requirements,
    platform: 'linux',
    env: {},
    run: pythons.run,
    command: undefined,
    progress: new Progress({ write: (text) => (printed += text) }),
    except: [],
    ...more,
  });
}

const subcommands = (pythons: FakePythons): unknown[] =>
  pythons.calls.filter((call) => call[1] === '-m').map((call) => call[2]);

async function problem(promise: Promise<unknown>): Promise<StartProblem> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(StartProblem);
  return error as StartProblem;
}

test('an installed JupyterLab 4 is used, and nothing is made', async () => {
  const pythons = machine({ python3: { ...plain, jupyterlab: '4.2.5' } });
  expect((await choose(pythons)).executable).toBe('/usr/bin/python3');
  expect(existsSync(join(root, '.venv'))).toBe(false);
  expect(printed).toContain('JupyterLab 4.2.5 of /usr/bin/python3');
});

test('JupyterLab 3 is not enough: .venv is made once, and is found ready the next time', async () => {
  const pythons = machine({ python3: { ...plain, jupyterlab: '3.6.7' } });
  expect((await choose(pythons)).executable).toBe(venvPython());
  expect(subcommands(pythons)).toEqual(['venv', 'pip']);
  // JupyterLab brings CommonJS programs of its own.
  expect(JSON.parse(readFileSync(join(root, '.venv/package.json'), 'utf8'))).toEqual({ type: 'commonjs' });
  expect((await choose(pythons)).executable).toBe(venvPython());
  expect(subcommands(pythons)).toEqual(['venv', 'pip']);
  expect(printed).toContain('JupyterLab 4.6.6 in .venv');
});

test('other requirements are installed into the same .venv', async () => {
  const pythons = machine({ python3: plain });
  await choose(pythons);
  writeFileSync(requirements, 'jupyterlab==4.6.7\n');
  await choose(pythons);
  expect(subcommands(pythons)).toEqual(['venv', 'pip', 'pip']);
});

test('a .venv whose Python is gone is made again', async () => {
  const pythons = machine({ python3: plain });
  await choose(pythons);
  rmSync(venvPython());
  writeFileSync(join(root, '.venv', 'leftover'), '');
  await choose(pythons);
  expect(subcommands(pythons)).toEqual(['venv', 'pip', 'venv', 'pip']);
  expect(existsSync(join(root, '.venv', 'leftover'))).toBe(false);
  expect(printed).toContain('.venv is of no use, its Python does not start; it is made again');
});

test('an installation that was cut off is made again', async () => {
  let working = false;
  const pythons = machine({ python3: plain }, (args) =>
    args[2] === 'pip' && !working ? { code: 1, output: 'Killed' } : undefined,
  );
  expect((await problem(choose(pythons))).message).toBe('Cannot install JupyterLab: pip failed');
  working = true;
  await choose(pythons);
  expect(printed).toContain('its installation was cut off');
});

test('an environment that somebody else made is used with JupyterLab, and left alone without', async () => {
  mkdirSync(join(root, '.venv', 'bin'), { recursive: true });
  writeFileSync(venvPython(), '');
  writeFileSync(join(root, '.venv', 'pyvenv.cfg'), '');
  const without = machine({ python3: plain });
  const refused = await problem(choose(without));
  expect(refused.message).toBe('Cannot install JupyterLab into .venv: it was not made here, and has no JupyterLab 4');
  expect(subcommands(without)).toEqual([]);
  writeFileSync(join(root, '.venv', 'bin', 'lab'), '');
  expect((await choose(machine({ python3: plain }))).executable).toBe(venvPython());
});

test('a .venv that is no Python environment is not touched', async () => {
  mkdirSync(join(root, '.venv'));
  writeFileSync(join(root, '.venv', 'precious'), '');
  const refused = await problem(choose(machine({ python3: plain })));
  expect(refused.message).toBe('Cannot use .venv for JupyterLab: it is not a Python environment');
  expect(existsSync(join(root, '.venv', 'precious'))).toBe(true);
});

test('no Python: the sentence says where to get one, and pages help', async () => {
  const refused = await problem(choose(machine({})));
  expect(refused.pagesHelp).toBe(true);
  expect(describeProblem(refused)).toEqual([
    'Cannot run JupyterLab: there is no Python on this machine that starts',
    '  Get Python 3.11 or newer:',
    '      Debian, Ubuntu   sudo apt-get install python3 python3-venv',
    '      macOS            brew install python3',
    '      any system       https://www.python.org/downloads/',
    '  Or name one that is not on the PATH with --python',
  ]);
});

test('a Python that is too old is named with its version', async () => {
  const refused = await problem(choose(machine({ python3: { ...plain, version: '3.9.2' } })));
  expect(refused.message).toBe('Cannot run JupyterLab: Python 3.11 or newer is needed, and /usr/bin/python3 is 3.9.2');
});

test.each([
  ['missing', { ...plain, missing: ['ensurepip'] }, undefined],
  [
    'found missing while making',
    plain,
    { code: 1, output: 'ensurepip is not available.\napt install python3.11-venv' },
  ],
])('a Python without venv (%s) says what to install', async (_how, python, answer) => {
  const refused = await problem(
    choose(machine({ python3: python }, (args) => (args[2] === 'venv' ? answer : undefined))),
  );
  expect(refused.message).toMatch(/^Cannot make \.venv: \/usr\/bin\/python3 has no (ensurepip|venv) module$/);
  expect(refused.advice.join('\n')).toContain('python3.11-venv');
  expect(refused.pagesHelp).toBe(true);
});

test.each([
  ['NewConnectionError(... Connection refused)', 'Cannot install JupyterLab: pip reaches no package index', true],
  [
    "OSError: [Errno 28] No space left on device: '/x'",
    'Cannot install JupyterLab: no space is left on the disk',
    false,
  ],
  ['ERROR: No matching distribution found', 'Cannot install JupyterLab: pip failed', true],
])('pip that prints "%s" becomes a sentence', async (output, message, pagesHelp) => {
  const pythons = machine({ python3: plain }, (args) => (args[2] === 'pip' ? { code: 1, output } : undefined));
  expect(await problem(choose(pythons))).toMatchObject({ message, pagesHelp });
});

test('the Python that is named with --python is the only one looked at', async () => {
  const pythons = machine({ python3: { ...plain, jupyterlab: '4.0.0' }, '/opt/py': { executable: '/opt/py' } });
  expect((await choose(pythons, { command: '/opt/py' })).executable).toBe(venvPython());
  expect(pythons.calls.map(([program]) => program)).not.toContain('python3');
  const refused = await problem(choose(pythons, { command: '/absent' }));
  expect(refused.message).toContain('there is no /absent on this machine that starts');
});

test('an installed JupyterLab that turned out not to start is passed over', async () => {
  const pythons = machine({ python3: { ...plain, jupyterlab: '4.2.5' } });
  expect((await choose(pythons, { except: ['/usr/bin/python3'] })).executable).toBe(venvPython());
});
