import { spawn } from 'node:child_process';
import { StringDecoder } from 'node:string_decoder';
import { endProcessTree } from './process-tree.js';

/** How a command is run. */
export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Called with every complete line of both streams, while the command runs. */
  readonly onLine?: (line: string) => void;
  /** Ends the command and everything it started. */
  readonly signal?: AbortSignal;
  /** Ends the command after so many milliseconds; none by default. */
  readonly timeout?: number;
}

/** What became of a command. A command that could not be started has code `undefined` and the reason as its output. */
export interface CommandResult {
  /** True when the program could be started at all. */
  readonly started: boolean;
  readonly code: number | undefined;
  readonly stdout: string;
  /** Both streams in the order in which they arrived. */
  readonly output: string;
}

/** Runs a program to its end. Tests of the launcher put one of their own in its place. */
export type CommandRunner = (
  command: string,
  args: readonly string[],
  options?: CommandOptions,
) => Promise<CommandResult>;

/**
 * Runs a program without a shell and without standard input, in a process group of its own, and waits for its end and
 * the end of its streams. Never rejects: a program that is not there is a result.
 *
 * @example
 * ```ts
 * const { started, code } = await runCommand('python3', ['--version']);
 * ```
 */
export const runCommand: CommandRunner = (command, args, options = {}) =>
  new Promise((settle) => {
    if (options.signal?.aborted === true) {
      settle({ started: false, code: undefined, stdout: '', output: 'stopped' });
      return;
    }
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    let stdout = '';
    let output = '';
    const stop = (): void => void endProcessTree(child.pid, { grace: 3000 });
    const timer = options.timeout === undefined ? undefined : setTimeout(stop, options.timeout);
    options.signal?.addEventListener('abort', stop, { once: true });
    const finish = (started: boolean, code: number | undefined): void => {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', stop);
      settle({ started, code, stdout, output });
    };
    for (const stream of [child.stdout, child.stderr]) {
      const decoder = new StringDecoder('utf8');
      let line = '';
      stream.on('data', (bytes: Buffer) => {
        const text = decoder.write(bytes);
        if (stream === child.stdout) stdout += text;
        output += text;
        const lines = (line + text).split(/\r?\n/);
        line = lines.pop() ?? '';
        lines.forEach((complete) => options.onLine?.(complete));
      });
    }
    child.on('error', (error) => {
      output += error.message;
      if (child.pid === undefined) finish(false, undefined);
    });
    child.on('close', (code) => finish(true, code ?? undefined));
  });
