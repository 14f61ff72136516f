import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** Milliseconds until a launcher that was asked to stop is killed. */
const GRACE = 30_000;

/** What `npm start` runs, from outside: a process in a group of its own, as in a terminal. */
export class NpmStart {
  readonly pid: number;
  /** Everything that it printed so far. */
  printed = '';
  readonly #child: ChildProcess;
  readonly #exited: Promise<[number | null, NodeJS.Signals | null]>;
  #listener: () => void = () => {};

  /**
   * @param root - the project's folder
   * @param args - the options of `npm start`
   */
  constructor(root: string, args: readonly string[]) {
    const child = spawn(process.execPath, [join(root, 'tools', 'bootstrap', 'main.mjs'), 'start', ...args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    this.#child = child;
    this.pid = child.pid as number;
    this.#exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.printed += text;
        this.#listener();
      });
    }
  }

  /** Resolves with what follows a word in the launcher's output, such as the address after `Open`. */
  async address(word: 'Open' | 'Read'): Promise<string> {
    const pattern = new RegExp(`${word} {3}(\\S+)\\n`);
    return new Promise((found, fail) => {
      this.#listener = () => {
        const address = pattern.exec(this.printed)?.[1];
        if (address !== undefined) found(address);
      };
      this.#listener();
      void this.#exited.then(() => fail(new Error(`npm start ended at once:\n${this.printed}`)));
    });
  }

  /**
   * Sends a signal and waits for the end. SIGINT goes to the whole process group, as a terminal sends it.
   *
   * @returns the exit code, or the signal that ended it
   */
  async stop(name: 'SIGINT' | 'SIGTERM'): Promise<number | NodeJS.Signals | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      process.kill(name === 'SIGINT' ? -this.pid : this.pid, name);
    }
    const limit = setTimeout(() => process.kill(-this.pid, 'SIGKILL'), GRACE);
    const [code, signal] = await this.#exited;
    clearTimeout(limit);
    return code ?? signal;
  }
}
