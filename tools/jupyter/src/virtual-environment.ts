/**
 * The project's own Python environment, `.venv`.
 *
 *     no .venv ............ made, requirements installed, stamp written
 *     stamp fits .......... used as it is (one probe, 60 ms)
 *     other requirements .. installed again into the same environment
 *     broken, unfinished .. removed and made anew
 *     somebody else's ..... used if it has JupyterLab 4, otherwise left alone and said so
 *
 * The stamp is written last: an installation that was cut off has none, or one that says so.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Step } from './progress.js';
import { hasLab, probePython, type Python } from './python.js';
import type { CommandRunner } from './run-command.js';
import { diskProblem, StartProblem } from './start-problem.js';

/** What is needed to make or check the environment. */
export interface VirtualEnvironmentOptions {
  /** The project's folder; `.venv` is made in it. */
  readonly root: string;
  /** The file that names every package with its version. */
  readonly requirements: string;
  readonly platform: NodeJS.Platform;
  readonly env: NodeJS.ProcessEnv;
  readonly run: CommandRunner;
  /** Ends what is under way; what is left is an unfinished environment, which the next start makes anew. */
  readonly signal?: AbortSignal;
}

interface Stamp {
  readonly madeBy: 'interleave';
  readonly state: 'installing' | 'ready';
  readonly requirements: string;
}

/** What a look at `.venv` found. */
export type EnvironmentState =
  | { readonly kind: 'absent' }
  | { readonly kind: 'broken'; readonly reason: string }
  | { readonly kind: 'foreign'; readonly python: Python }
  | { readonly kind: 'outdated'; readonly python: Python }
  | { readonly kind: 'ready'; readonly python: Python };

/** The interpreter's path inside an environment. */
export function environmentPython(folder: string, platform: NodeJS.Platform): string {
  return platform === 'win32' ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python');
}

/**
 * Looks at `.venv` without changing anything.
 *
 * @throws {StartProblem} if `.venv` is there and is no Python environment
 */
export async function inspectEnvironment(options: VirtualEnvironmentOptions): Promise<EnvironmentState> {
  const folder = join(options.root, '.venv');
  if (!existsSync(folder) || readdirSync(folder).length === 0) return { kind: 'absent' };
  const stamp = readStamp(folder);
  if (stamp === undefined && !existsSync(join(folder, 'pyvenv.cfg'))) {
    throw new StartProblem('Cannot use .venv for JupyterLab: it is not a Python environment', {
      advice: ['Move that folder away and start again'],
      pagesHelp: true,
    });
  }
  const python = await probePython([environmentPython(folder, options.platform)], options.run);
  if (python === undefined) return { kind: 'broken', reason: 'its Python does not start' };
  if (stamp === undefined) return { kind: 'foreign', python };
  if (stamp.state !== 'ready') return { kind: 'broken', reason: 'its installation was cut off' };
  if (!hasLab(python)) return { kind: 'broken', reason: 'JupyterLab is missing in it' };
  return stamp.requirements === digest(options.requirements) ? { kind: 'ready', python } : { kind: 'outdated', python };
}

/**
 * Makes `.venv`, or brings it up to date, and installs the requirements.
 *
 * @param base - the interpreter to make it from; unused when only the requirements changed
 * @param state - what {@link inspectEnvironment} found
 * @param step - told what is being done
 * @returns the interpreter of the environment
 * @throws {StartProblem} if the environment cannot be made: no disk space, no package index, no `venv` module
 */
export async function installEnvironment(
  base: Python,
  state: EnvironmentState,
  options: VirtualEnvironmentOptions,
  step: Step,
): Promise<Python> {
  const folder = join(options.root, '.venv');
  const executable = environmentPython(folder, options.platform);
  try {
    if (state.kind !== 'outdated') {
      rmSync(folder, { recursive: true, force: true });
      step.detail('making .venv');
      await makeEnvironment(base, folder, options);
    }
    // JupyterLab runs CommonJS files of its own with node; the project's package.json would make them ES modules.
    writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }\n');
    writeStamp(folder, { madeBy: 'interleave', state: 'installing', requirements: '' });
    await installRequirements(executable, options, step);
    const python = await probePython([executable], options.run);
    if (python === undefined || !hasLab(python)) {
      throw new StartProblem('Cannot use .venv: JupyterLab is not in it after its installation', { pagesHelp: true });
    }
    writeStamp(folder, { madeBy: 'interleave', state: 'ready', requirements: digest(options.requirements) });
    return python;
  } catch (error) {
    throw diskProblem('make .venv', error) ?? error;
  }
}

async function makeEnvironment(base: Python, folder: string, options: VirtualEnvironmentOptions): Promise<void> {
  if (base.missing.length > 0) throw withoutVenv(base);
  const { code, output } = await options.run(base.executable, ['-m', 'venv', folder], commandOptions(options));
  options.signal?.throwIfAborted();
  if (code === 0) return;
  if (/ensurepip is not|No module named '?(venv|ensurepip)/.test(output)) throw withoutVenv(base);
  throw spaceProblem(output) ?? failure(`Cannot make .venv with ${base.executable}`, output);
}

async function installRequirements(executable: string, options: VirtualEnvironmentOptions, step: Step): Promise<void> {
  let count = 0;
  const total = readFileSync(options.requirements, 'utf8').match(/^[\w-]+==/gm)?.length ?? 0;
  const args = [
    '-m',
    'pip',
    'install',
    '--disable-pip-version-check',
    '--no-input',
    '--no-cache-dir',
    '--retries',
    '2',
  ];
  const { code, output } = await options.run(executable, [...args, '--requirement', options.requirements], {
    ...commandOptions(options),
    onLine: (line) => {
      const name = /^\s*Collecting ([\w.-]+)/.exec(line)?.[1];
      if (name !== undefined) step.detail(`package ${(count += 1)} of ${Math.max(count, total)}, ${name}`);
      if (line.startsWith('Installing collected')) step.detail(`unpacking ${total} packages`);
    },
  });
  options.signal?.throwIfAborted();
  if (code === 0) return;
  const space = spaceProblem(output);
  if (space !== undefined) throw space;
  const unreachable =
    /NewConnectionError|NameResolutionError|ConnectTimeout|ReadTimeout|ProxyError|SSLError|Max retries|Network is unreach|Connection (refused|reset)|Cannot connect to proxy/i;
  if (unreachable.test(output)) {
    throw new StartProblem('Cannot install JupyterLab: pip reaches no package index', {
      output: lastLines(output, /^ERROR/),
      advice: [
        'Connect to the network, or tell pip about your proxy or mirror (pip config set global.index-url ...)',
        'Then start again',
      ],
      pagesHelp: true,
    });
  }
  throw failure('Cannot install JupyterLab: pip failed', output);
}

function commandOptions({ root, env, signal }: VirtualEnvironmentOptions): {
  cwd: string;
  env: NodeJS.ProcessEnv;
  signal?: AbortSignal;
} {
  return { cwd: root, env: { ...env, PYTHONUNBUFFERED: '1' }, ...(signal === undefined ? {} : { signal }) };
}

function withoutVenv(base: Python): StartProblem {
  const [major, minor] = base.version.split('.');
  return new StartProblem(
    `Cannot make .venv: ${base.executable} has no ${base.missing.join(' and no ') || 'venv'} module`,
    {
      advice: [
        `On Debian and Ubuntu:  sudo apt-get install python3-venv   (or python${major}.${minor}-venv)`,
        'Or name another Python with --python',
      ],
      pagesHelp: true,
    },
  );
}

function spaceProblem(output: string): StartProblem | undefined {
  const code = /No space left on device|Errno 28/.test(output) ? 'ENOSPC' : /Disk quota/.test(output) ? 'EDQUOT' : '';
  return diskProblem('install JupyterLab', Object.assign(new Error(code), { code }));
}

function failure(message: string, output: string): StartProblem {
  return new StartProblem(message, {
    output: lastLines(output, /^(ERROR|Error|error)/),
    advice: ['Mend that, or install JupyterLab 4 yourself; it is used when it is on the PATH'],
    pagesHelp: true,
  });
}

/** The lines that name the error, or the last few when none does. */
function lastLines(output: string, telling: RegExp): string {
  const lines = output.trimEnd().split('\n');
  const chosen = lines.filter((line) => telling.test(line));
  return (chosen.length > 0 ? chosen : lines).slice(-6).join('\n');
}

function digest(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

function readStamp(folder: string): Stamp | undefined {
  try {
    const stamp = JSON.parse(readFileSync(join(folder, 'interleave.json'), 'utf8')) as Partial<Stamp>;
    return stamp.madeBy === 'interleave' ? (stamp as Stamp) : undefined;
  } catch {
    return undefined;
  }
}

function writeStamp(folder: string, stamp: Stamp): void {
  writeFileSync(join(folder, 'interleave.json'), `${JSON.stringify(stamp)}\n`);
}
