/**
 * The operating-system side of a kernel: start it in a process group of its own, and leave nothing of it behind.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import type { KernelSpec } from '@interleave/kernel';

/** How a kernel ended. */
export interface KernelExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Says how a kernel ended, for people. */
export function describeExit({ code, signal }: KernelExit): string {
  return signal === null ? `exit code ${code}` : `signal ${signal}`;
}

/** The kernel cannot be started at all. */
export class KernelMissingError extends Error {
  override readonly name = 'KernelMissingError';
}

/** Marks every process that descends from one kernel, also those that left its process group. */
const MARK = 'INTERLEAVE_KERNEL';

/** Tells the kernel the number of a pipe that ends with this process. */
const PARENT = 'INTERLEAVE_KERNEL_PARENT';

/** Variables of this process that must not reach a notebook, because they would change what it prints. */
const DROPPED = ['FORCE_COLOR', 'NODE_OPTIONS', 'NODE_CHANNEL_FD', 'VITEST', 'NODE_V8_COVERAGE'];

export class KernelProcess {
  readonly #child: ChildProcess;
  readonly #mark: string;
  #stderr = '';

  /** Resolves when the kernel has ended, however that came about. Never rejects. */
  readonly exited: Promise<KernelExit>;

  private constructor(child: ChildProcess, mark: string) {
    this.#child = child;
    this.#mark = mark;
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => resolve({ code, signal }));
      child.once('error', () => resolve({ code: -1, signal: null }));
    });
    // Not read, a full pipe would stop the kernel.
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (this.#stderr = (this.#stderr + text).slice(-4_000)));
    }
  }

  /**
   * Starts a kernel.
   *
   * @param spec - what to start
   * @param connectionFile - where it shall listen
   * @param cwd - the notebook's folder: imports are resolved from there
   * @throws {KernelMissingError} if a file of the command line is not there
   */
  static start(spec: KernelSpec, connectionFile: string, cwd: string): KernelProcess {
    const [command = '', ...args] = spec.argv.map((word) => word.replace('{connection_file}', connectionFile));
    const missing = [command, ...args].find((word) => /^(?:\/|[A-Za-z]:\\)/.test(word) && !existsSync(word));
    if (missing !== undefined) {
      throw new KernelMissingError(`Cannot start the kernel: ${missing} is not there; run npm install`);
    }
    const mark = randomUUID();
    const child = spawn(command, args, {
      cwd,
      detached: true,
      // The last pipe carries nothing: its end tells the kernel that this process has ended, however that came about.
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      env: { ...environment(), ...spec.env, [MARK]: mark, [PARENT]: '3' },
    });
    return new KernelProcess(child, mark);
  }

  /** The kernel's process id; 0 when it could not be started. */
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** The end of what the kernel wrote to its own standard output and error, past the protocol. */
  get lastWords(): string {
    return this.#stderr.trim();
  }

  /** Asks the kernel to stop what it is doing. */
  interrupt(): void {
    this.#signal(this.pid, 'SIGINT');
  }

  /**
   * Ends the kernel and everything that it started.
   *
   * @param grace - milliseconds to end by itself, after it was asked over the protocol
   */
  async stop(grace: number): Promise<KernelExit> {
    await this.#endedWithin(grace);
    // Children outlive a kernel that has ended; the group and the mark find them all the same.
    const strays = await this.#descendants();
    if (this.pid > 0) this.#signal(-this.pid, 'SIGKILL');
    for (const pid of strays) this.#signal(pid, 'SIGKILL');
    const exit = await this.exited;
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
    for (const stream of this.#child.stdio.slice(3)) stream?.destroy();
    return exit;
  }

  async #endedWithin(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([this.exited, new Promise((resolve) => (timer = setTimeout(resolve, ms)))]);
    clearTimeout(timer);
  }

  /** Processes that carry the kernel's mark. Elsewhere than on Linux only the process group is known. */
  async #descendants(): Promise<number[]> {
    if (process.platform !== 'linux') return [];
    const found: number[] = [];
    const needle = `${MARK}=${this.#mark}`;
    for (const entry of await readdir('/proc')) {
      const pid = Number(entry);
      if (!Number.isInteger(pid) || pid === process.pid) continue;
      const environ = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '');
      if (environ.includes(needle)) found.push(pid);
    }
    return found;
  }

  #signal(pid: number, signal: NodeJS.Signals): void {
    if (pid === 0) return;
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

function environment(): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env, TZ: 'UTC', LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8' };
  for (const name of DROPPED) delete env[name];
  return env;
}
