/** The command line: `notebook COMMAND PATH... [options]`. */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';

export type Command = 'execute' | 'test' | 'clean' | 'html';

export interface Options {
  readonly command: Command;
  readonly paths: readonly string[];
  /** Notebooks that run at once. */
  readonly jobs: number;
  /** Milliseconds a cell may run. */
  readonly timeout: number;
  readonly junit?: string;
  readonly json?: string;
  /** Where `html` writes to. */
  readonly out?: string;
  readonly fast: boolean;
  /** Uses tslab as it comes, without the preload. */
  readonly plain: boolean;
}

/** The command line is wrong; the message says how. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const usage = `notebook COMMAND PATH... [options]

Runs TypeScript notebooks without a browser and without Python.
PATH is a notebook, or a folder that is searched for notebooks.

Commands
  execute   run every cell in a fresh kernel and save the outputs
  test      run every cell and fail on an error, a failed check, or an output that differs from the saved one
  clean     remove all outputs
  html      write a page per notebook, and an index

Options
  --jobs N       notebooks that run at once (default: as many as there are cores)
  --timeout MS   milliseconds a cell may run (default: 60000; five times as long for a cell tagged "slow")
  --fast         leave out cells tagged "slow"
  --json FILE    write one record per cell
  --junit FILE   write a JUnit report
  --out FOLDER   where html writes its pages (default: .reports/html)
  --plain        use tslab as it comes, without this project's preload
  --help         show this text

Exit code: 0 when every cell passed, 1 when one did not, 2 when the command line is wrong.`;

const commands: readonly Command[] = ['execute', 'test', 'clean', 'html'];

/**
 * Reads the command line.
 *
 * @returns undefined when help was asked for
 * @throws {UsageError} if it is wrong
 */
export function parseOptions(argv: readonly string[]): Options | undefined {
  let parsed;
  try {
    parsed = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        jobs: { type: 'string', short: 'j' },
        timeout: { type: 'string' },
        junit: { type: 'string' },
        json: { type: 'string' },
        out: { type: 'string' },
        fast: { type: 'boolean', default: false },
        plain: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  const { values, positionals } = parsed;
  if (values.help) return undefined;
  const [command, ...paths] = positionals;
  if (command === undefined)
    throw new UsageError('Cannot tell what to do: no command; use execute, test, clean or html');
  if (!commands.includes(command as Command)) {
    throw new UsageError(`Cannot run "${command}": no such command; use execute, test, clean or html`);
  }
  if (paths.length === 0) throw new UsageError(`Cannot ${command} nothing: name a notebook or a folder`);
  return {
    command: command as Command,
    paths,
    jobs: positive('--jobs', values.jobs, availableParallelism()),
    timeout: positive('--timeout', values.timeout, 60_000),
    ...(values.junit === undefined ? {} : { junit: values.junit }),
    ...(values.json === undefined ? {} : { json: values.json }),
    ...(values.out === undefined ? {} : { out: values.out }),
    fast: values.fast,
    plain: values.plain,
  };
}

function positive(name: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) {
    throw new UsageError(`Cannot take ${name} ${text}: it is no whole number from 1`);
  }
  return value;
}
