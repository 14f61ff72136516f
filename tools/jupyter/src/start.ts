/**
 * `npm start`: opens the notebooks in JupyterLab, and stops everything on Ctrl-C.
 *
 *     options ── .venv or an installed JupyterLab ── kernel registered ── JupyterLab listens ── Ctrl-C ── all ended
 *                        └ no Python, no network ──── the book is run headlessly and served as pages ──┘
 */
import { join } from 'node:path';
import { chooseLab } from './choose-lab.js';
import { chapters, firstDocument, notebooksIn } from './first-document.js';
import { registerKernel } from './kernel-registration.js';
import { labEnvironment } from './lab-environment.js';
import { startLab, sweepLeftOvers, type LabServer } from './lab-server.js';
import { assertPortFree, listenHost } from './listen.js';
import { HELP, parseOptions, type StartOptions } from './options.js';
import { servePages } from './pages.js';
import { Progress, type ProgressOutput } from './progress.js';
import type { ProjectFolders } from './project-folders.js';
import type { Python } from './python.js';
import type { CommandRunner } from './run-command.js';
import { describeProblem, StartProblem } from './start-problem.js';
import { StopSignals } from './stop-signals.js';

/** The machine that the launcher sees; tests give one with less on it. */
export interface Machine {
  readonly folders: ProjectFolders;
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
  readonly nodeVersion: string;
  readonly output: ProgressOutput;
  readonly run: CommandRunner;
  /** Where signals arrive. */
  readonly signals: NodeJS.EventEmitter;
}

/**
 * Opens the notebooks and stays until it is told to stop.
 *
 * @param argv - the command line after the program's own name
 * @returns the exit code: 0 after an orderly stop, 1 if a prerequisite is missing, 2 on a wrong option, and 128 and the
 *   signal's number if it was stopped half-way or by force
 */
export async function start(argv: readonly string[], machine: Machine): Promise<number> {
  const { folders } = machine;
  const progress = new Progress(machine.output);
  const signals = new StopSignals(machine.signals);
  try {
    let options: StartOptions;
    try {
      options = parseOptions(argv, folders.notebooks, machine.cwd);
    } catch (error) {
      return report(error, progress, 2);
    }
    if (options.help) {
      machine.output.write(HELP);
      return 0;
    }
    checkNode(machine.nodeVersion);
    return await open(folders, options, machine, progress, signals);
  } catch (error) {
    if (!signals.stop.aborted) return report(error, progress, 1);
    progress.say('\nStopped');
    return signals.exitCode;
  } finally {
    signals[Symbol.dispose]();
  }
}

async function open(
  folders: ProjectFolders,
  options: StartOptions,
  machine: Machine,
  progress: Progress,
  signals: StopSignals,
): Promise<number> {
  if (options.port !== undefined && options.port !== 0) await assertPortFree(options.port, listenHost(options.ip));
  if (!options.pages) {
    try {
      return await openLab(folders, options, machine, progress, signals);
    } catch (error) {
      if (!(error instanceof StartProblem && error.pagesHelp) || signals.stop.aborted) throw error;
      progress.say();
      describeProblem(error).forEach((line) => progress.say(line));
      progress.say('\nUntil then, the notebooks can be read: they are run without JupyterLab and served as pages\n');
    }
  }
  return servePages({ folders, options, env: machine.env, run: machine.run, progress, signals });
}

async function openLab(
  folders: ProjectFolders,
  options: StartOptions,
  machine: Machine,
  progress: Progress,
  signals: StopSignals,
): Promise<number> {
  if ((await sweepLeftOvers(folders)) > 0) progress.say('  ✓ A JupyterLab left over from an earlier start was ended');
  const except: string[] = [];
  let server: LabServer;
  for (;;) {
    const python = await chooseLab({
      root: folders.root,
      requirements: join(folders.tool, 'requirements.txt'),
      platform: machine.platform,
      env: machine.env,
      run: machine.run,
      signal: signals.stop,
      command: options.python,
      progress,
      except,
    });
    signals.stop.throwIfAborted();
    registerKernel(folders);
    progress.say('  ✓ Kernel "TypeScript (Interleave)" registered for this project');
    try {
      server = await progress.step(
        'Starting JupyterLab',
        async () => {
          const document = options.open ?? firstDocument(folders.notebooks);
          const lab = { executable: python.executable, folders, options, open: document, env: machine.env };
          const [started] = await Promise.all([
            startLab({ ...lab, signal: signals.stop }),
            trustNotebooks(python, folders, machine),
          ]);
          return started;
        },
        () => 'JupyterLab is up',
      );
      break;
    } catch (error) {
      // An installed JupyterLab may be broken, and so may .venv: another one is made, but once only.
      const brokenLab = error instanceof StartProblem && /ImportError|ModuleNotFound|No module/.test(error.output);
      if (!brokenLab || except.includes(python.executable)) throw error;
      except.push(python.executable);
      progress.say(`  ! JupyterLab of ${python.executable} does not start; another one is taken`);
    }
  }
  return await serve(server, folders, progress, signals);
}

async function serve(
  server: LabServer,
  folders: ProjectFolders,
  progress: Progress,
  signals: StopSignals,
): Promise<number> {
  progress.say(`\n  Open   ${server.url}\n  Stop   Ctrl-C\n  Log    .jupyter/jupyter.log\n`);
  const stopped = new Promise<undefined>((wake) => {
    signals.stop.addEventListener('abort', () => wake(undefined), { once: true });
    if (signals.stop.aborted) wake(undefined);
  });
  const exit = await Promise.race([server.exited, stopped]);
  if (exit === undefined) {
    const clean = await progress.step(
      'Stopping JupyterLab and its kernels',
      () => server.stop(signals.hurry),
      (orderly) =>
        orderly ? 'JupyterLab and its kernels have ended' : 'JupyterLab and its kernels were ended by force',
    );
    return clean ? 0 : signals.exitCode;
  }
  const last = server.log();
  await server.stop();
  // "Shut Down" in Lab's File menu is an orderly end too.
  if (exit.code === 0) {
    progress.say('  ✓ JupyterLab was shut down');
    return 0;
  }
  throw new StartProblem(`JupyterLab ended by itself, with ${exit.signal ?? `exit code ${exit.code ?? 'unknown'}`}`, {
    output: last,
    advice: [`All that it said is in ${join('.jupyter', 'jupyter.log')}`, `Start it again with npm start`],
  });
}

/**
 * Marks the notebooks as trusted. JupyterLab shows no SVG of a notebook that it does not trust, and the book is full of
 * pictures; whoever has started it runs its code anyway. Without it the pictures come with the first run.
 */
async function trustNotebooks(python: Python, folders: ProjectFolders, machine: Machine): Promise<void> {
  const files = chapters(folders.notebooks).flatMap((chapter) =>
    notebooksIn(join(folders.notebooks, chapter)).map((name) => join(folders.notebooks, chapter, name)),
  );
  if (files.length === 0) return;
  const env = labEnvironment(folders, join(folders.state, 'runtime', String(process.pid)), machine.env);
  await machine.run(python.executable, ['-m', 'nbformat.sign', ...files], { env, timeout: 30_000 });
}

function checkNode(version: string): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new StartProblem(`Cannot run the notebooks: Node 20.19 or newer is needed, and this is ${version}`, {
    advice: ['Get a newer Node from https://nodejs.org/ or with your version manager, and start again'],
  });
}

function report(error: unknown, progress: Progress, code: number): number {
  if (!(error instanceof StartProblem)) throw error;
  progress.say();
  describeProblem(error).forEach((line) => progress.say(line));
  return code;
}
