/**
 * One running JupyterLab.
 *
 *     launcher ── python -m jupyterlab (own process group) ──┬─ kernel (own group) ── workers, children of pools
 *                                                            └─ kernel (own group)
 *
 * Ctrl-C in a terminal goes to the launcher's group alone, so JupyterLab never asks "Shut down? [y/n]"; the launcher
 * asks it with SIGTERM, on which it shuts its kernels down, and afterwards ends what is left.
 */
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { labEnvironment } from './lab-environment.js';
import type { StartOptions } from './options.js';
import { endProcessTree, isRunning, killProcesses, processTree, stillRunning } from './process-tree.js';
import type { ProjectFolders } from './project-folders.js';
import { diskProblem, StartProblem } from './start-problem.js';

/** What JupyterLab is started with. */
export interface LabServerOptions {
  /** The interpreter that has JupyterLab. */
  readonly executable: string;
  readonly folders: ProjectFolders;
  readonly options: StartOptions;
  /** The document to open first, relative to the notebooks folder. */
  readonly open: string;
  readonly env: NodeJS.ProcessEnv;
  /** Ends a start that is under way. */
  readonly signal?: AbortSignal;
}

/** How JupyterLab ended. */
export interface LabExit {
  readonly code: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
}

/** A JupyterLab that listens. */
export interface LabServer {
  readonly pid: number;
  /** The address to open in a browser, with the token. */
  readonly url: string;
  /** Resolves when the server has ended, for whatever reason; never rejects. */
  readonly exited: Promise<LabExit>;
  /** The last lines that it logged. */
  log(): string;
  /**
   * Shuts the server and its kernels down, and ends everything that they started and left.
   *
   * @param hurry - aborted to end it all at once
   * @returns true if it went without force
   */
  stop(hurry?: AbortSignal): Promise<boolean>;
}

/** Milliseconds that JupyterLab has for shutting its kernels down; each of them has 5 s from Jupyter itself. */
const STOP_GRACE = 12_000;
const START_LIMIT = 120_000;

/**
 * Starts JupyterLab on the notebooks folder, and waits until it listens.
 *
 * @throws {StartProblem} if it ends before that; the problem carries its last words
 */
export async function startLab(start: LabServerOptions): Promise<LabServer> {
  const { folders, signal } = start;
  const runtime = join(folders.state, 'runtime', String(process.pid));
  const logFile = join(folders.state, 'jupyter.log');
  const env = labEnvironment(folders, runtime, start.env);
  const child = spawnLab(start, env, logFile);
  const { pid } = child;
  const exited = new Promise<LabExit>((done) => {
    child.once('error', () => done({ code: undefined, signal: undefined }));
    child.once('exit', (code, ended) => done({ code: code ?? undefined, signal: ended ?? undefined }));
  });
  let running = true;
  void exited.then(() => {
    running = false;
  });
  const log = (): string => tail(logFile);

  const stop = async (hurry?: AbortSignal): Promise<boolean> => {
    // Kernels are found by their place in the tree, and by the connection file in their command line if JupyterLab
    // died before them.
    const ours = await processTree((process) => process.pid === pid || process.command.includes(runtime));
    if (running && pid !== undefined && process.platform !== 'win32') process.kill(pid, 'SIGTERM');
    else if (running) await endProcessTree(pid, { grace: 0 });
    await settled(exited, STOP_GRACE, hurry);
    const clean = !running;
    let left = await stillRunning(ours);
    // What the kernels started may need an instant to see that they are gone.
    for (let turn = 0; turn < 40 && clean && left.length > 0 && hurry?.aborted !== true; turn++) {
      await new Promise((wake) => setTimeout(wake, 25));
      left = await stillRunning(left);
    }
    killProcesses(left);
    if (!clean) await settled(exited, 2000);
    rmSync(runtime, { recursive: true, force: true });
    return clean;
  };

  const limit = performance.now() + START_LIMIT;
  while (running && signal?.aborted !== true && performance.now() < limit) {
    const address = readAddress(runtime);
    if (address !== undefined && pid !== undefined) {
      return { pid, exited, log, stop, url: `${address.url}lab/tree/${encodeURI(start.open)}${address.query}` };
    }
    await settled(exited, 50, signal);
  }
  const seen = running ? 'it does not listen after two minutes' : 'it ended at once';
  await stop(AbortSignal.abort());
  signal?.throwIfAborted();
  throw new StartProblem(`Cannot start JupyterLab with ${start.executable}: ${seen}`, {
    output: log(),
    advice: [`All that it said is in ${relative(folders.root, logFile)}`],
    pagesHelp: true,
  });
}

/**
 * Ends JupyterLab servers of this project whose launcher was killed, and removes what they left in `.jupyter/runtime`.
 *
 * @returns how many were ended
 */
export async function sweepLeftOvers(folders: ProjectFolders): Promise<number> {
  const all = join(folders.state, 'runtime');
  let ended = 0;
  for (const name of existsSync(all) ? readdirSync(all) : []) {
    if (isRunning(Number(name))) continue;
    const runtime = join(all, name);
    // The connection files name the kernels, and the server's record names the server: numbers alone may be reused.
    const servers = readdirSync(runtime).flatMap((file) => /^jpserver-(\d+)\.json$/.exec(file)?.[1] ?? []);
    const left = await processTree(
      ({ pid, command }) => command.includes(runtime) || (servers.includes(String(pid)) && command.includes('jupyter')),
    );
    if (left.length > 0) ended += 1;
    killProcesses(left);
    rmSync(runtime, { recursive: true, force: true });
  }
  return ended;
}

function spawnLab(start: LabServerOptions, env: NodeJS.ProcessEnv, logFile: string): ReturnType<typeof spawn> {
  let log: number;
  try {
    mkdirSync(start.folders.state, { recursive: true });
    log = openSync(logFile, 'w');
  } catch (error) {
    throw diskProblem('write .jupyter/jupyter.log', error) ?? error;
  }
  try {
    // A file, not a pipe: JupyterLab must not stumble over its log when the launcher is killed.
    return spawn(start.executable, ['-m', 'jupyterlab', ...labArguments(start)], {
      cwd: start.folders.root,
      env,
      stdio: ['ignore', log, log],
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
  } finally {
    closeSync(log);
  }
}

/**
 * The command line of JupyterLab after `-m jupyterlab`. A setting that the reader gave replaces ours: Jupyter takes the
 * same one twice for an error.
 */
export function labArguments({
  folders,
  options,
  open,
}: Pick<LabServerOptions, 'folders' | 'options' | 'open'>): string[] {
  const asked = (...names: string[]): boolean =>
    options.forJupyter.some((given) => names.some((name) => given === name || given.startsWith(`${name}=`)));
  return [
    ...(asked('--ServerApp.root_dir', '--notebook-dir') ? [] : [`--ServerApp.root_dir=${folders.notebooks}`]),
    ...(asked('--LabApp.default_url', '--ServerApp.default_url')
      ? []
      : [`--LabApp.default_url=/lab/tree/${encodeURI(open)}`]),
    ...(process.getuid?.() !== 0 || asked('--allow-root') ? [] : ['--allow-root']),
    ...(options.port === undefined ? [] : [`--port=${options.port}`]),
    ...(options.port === undefined || asked('--ServerApp.port_retries') ? [] : ['--ServerApp.port_retries=0']),
    ...(options.ip === undefined ? [] : [`--ip=${options.ip}`]),
    ...(options.browser ? [] : ['--no-browser']),
    ...options.forJupyter,
  ];
}

/** The server writes its record when its port is open. */
function readAddress(runtime: string): { url: string; query: string } | undefined {
  const name = readdirSync(runtime).find((file) => /^jpserver-\d+\.json$/.test(file));
  if (name === undefined) return undefined;
  try {
    const record = JSON.parse(readFileSync(join(runtime, name), 'utf8')) as { url: string; token: string };
    return { url: record.url, query: record.token === '' ? '' : `?token=${record.token}` };
  } catch {
    return undefined; // half written; the next look finds it whole
  }
}

/** Waits for a promise, for a time, or for an abort, whichever is first, and leaves no timer behind. */
async function settled(promise: Promise<unknown>, milliseconds: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted === true) return;
  const done = new AbortController();
  await new Promise<void>((wake) => {
    const timer = setTimeout(wake, milliseconds);
    done.signal.addEventListener('abort', () => clearTimeout(timer));
    signal?.addEventListener('abort', () => wake(), { signal: done.signal });
    void promise.then(() => wake());
  });
  done.abort();
}

function tail(file: string): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-12).join('\n');
  } catch {
    return '';
  }
}
