/**
 * What a JupyterLab has started: kernels, and the workers of pools in them. Each kernel has a process group of its own
 * (the interrupt button signals that group), so ending JupyterLab's group is not enough. The tree is read while the
 * parents are still alive, because an orphan no longer tells who started it; each entry carries its start time, so that
 * a number the system has given to somebody else in the meantime is left alone.
 */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** One running process, identified beyond the reuse of its number. */
export interface RunningProcess {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** When it was started, in the system's own spelling; only good for comparing. */
  readonly started: string;
  /** The command line, words joined by spaces. */
  readonly command: string;
}

/** All processes of the machine; on Windows none, where `taskkill` walks the tree itself. */
export async function listProcesses(): Promise<RunningProcess[]> {
  if (process.platform === 'win32') return [];
  return process.platform === 'linux' ? readProc() : readPs();
}

/**
 * The processes that are at the top, and everything below them, parents first.
 *
 * @param isTop - picks the processes at the top, such as one number, or all whose command names a folder
 */
export async function processTree(isTop: (process: RunningProcess) => boolean): Promise<RunningProcess[]> {
  const all = (await listProcesses()).filter(({ pid }) => pid !== process.pid);
  const tree = new Set(all.filter(isTop));
  // A set is walked in the order of insertion, including what is added on the way.
  for (const parent of tree) all.filter((child) => child.parent === parent.pid).forEach((child) => tree.add(child));
  return [...tree];
}

/** Those of the given processes that still run, by number and start time. */
export async function stillRunning(processes: readonly RunningProcess[]): Promise<RunningProcess[]> {
  const now = new Map((await listProcesses()).map((process) => [process.pid, process.started]));
  return processes.filter((process) => now.get(process.pid) === process.started);
}

/** Ends processes at once. A process that has ended already is no error. */
export function killProcesses(processes: readonly RunningProcess[]): void {
  for (const { pid } of processes) send(pid, 'SIGKILL');
}

/**
 * Ends a program and everything it started: asks the leader's group with SIGTERM, and ends by force what is left after
 * the grace, or after the leader has gone. Resolves when the signals are sent.
 *
 * @param pid - the leader of a process group, started with `detached: true`; undefined does nothing
 * @param options - `grace`: milliseconds between asking and force
 */
export async function endProcessTree(pid: number | undefined, options: { readonly grace: number }): Promise<void> {
  if (pid === undefined) return;
  if (process.platform === 'win32') {
    await new Promise<void>((done) => execFile('taskkill', ['/pid', String(pid), '/T', '/F'], () => done()));
    return;
  }
  const started = await processTree((process) => process.pid === pid);
  const force = performance.now() + options.grace;
  send(-pid, 'SIGTERM');
  while (send(-pid, 0) && performance.now() < force) await new Promise((wake) => setTimeout(wake, 25));
  killProcesses(await stillRunning(started));
}

/** True while some process has this number, whoever it belongs to. */
export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** /proc instead of `ps`, which slim containers do not have. */
function readProc(): RunningProcess[] {
  const found: RunningProcess[] = [];
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'latin1');
      // The name stands in brackets and may hold anything, also brackets: the fields begin after the last one.
      const [state, parent, group, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      // A zombie has ended; it only waits for its parent to ask.
      if (state === 'Z') continue;
      const command = readFileSync(`/proc/${entry}/cmdline`, 'utf8').replaceAll('\0', ' ');
      found.push({
        pid: Number(entry),
        parent: Number(parent),
        group: Number(group),
        started: rest[16] ?? '',
        command,
      });
    } catch {
      // The process ended between the two reads.
    }
  }
  return found;
}

function readPs(): Promise<RunningProcess[]> {
  return new Promise((done) => {
    execFile('ps', ['-A', '-ww', '-o', 'pid=,ppid=,pgid=,stat=,lstart=,command='], (error, stdout) => {
      const lines = error ? [] : stdout.trim().split('\n');
      done(
        lines.flatMap((line) => {
          const [pid, parent, group, state, ...rest] = line.trim().split(/\s+/);
          if (state?.startsWith('Z') === true) return [];
          // The start time is five words, such as "Mon Jan 5 10:00:00 2026".
          const started = rest.slice(0, 5).join(' ');
          const command = rest.slice(5).join(' ');
          return [{ pid: Number(pid), parent: Number(parent), group: Number(group), started, command }];
        }),
      );
    });
  });
}
