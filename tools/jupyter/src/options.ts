import { existsSync, realpathSync } from 'node:fs';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { StartProblem } from './start-problem.js';

/** What the command line asked for. */
export interface StartOptions {
  readonly help: boolean;
  /** Serve rendered pages instead of JupyterLab (`--pages`). */
  readonly pages: boolean;
  /** The Python to use (`--python PATH`), instead of those on the PATH. */
  readonly python: string | undefined;
  /** A port that was asked for (`--port N`); 0 takes any free one. Undefined lets Jupyter look for one from 8888 on. */
  readonly port: number | undefined;
  /** The address to listen on (`--ip`), as Jupyter reads it. */
  readonly ip: string | undefined;
  /** False after `--no-browser`. */
  readonly browser: boolean;
  /** A notebook or folder to open first, relative to the notebooks folder, with `/`. */
  readonly open: string | undefined;
  /** Everything that goes on to `jupyter lab`, in order. */
  readonly forJupyter: readonly string[];
}

/** What `--help` prints. */
export const HELP = `npm start [-- options] [notebook]

Opens the notebooks in JupyterLab, which is installed into .venv if there is none.

  --port N        listen on this port (otherwise 8888, or the next free one)
  --no-browser    print the address, open no browser
  --python PATH   use this Python (otherwise python3 or python on the PATH)
  --pages         run all notebooks and serve them as pages; needs no Python
  --help          this text

A notebook or chapter folder may be named, it is opened first. Every other option goes on to JupyterLab:
see "jupyter lab --help-all". With npm, options follow a "--":  npm start -- --port 9000 --no-browser
`;

/**
 * Reads the command line of `npm start`. Options that are not the launcher's own are left to JupyterLab, untouched.
 *
 * @param argv - without the program's own name
 * @param notebooks - the absolute path of the notebooks folder
 * @param cwd - what a notebook's path is relative to, beside the notebooks folder itself
 * @throws {StartProblem} on a port that is no port, a missing value, or a notebook outside the notebooks folder
 *
 * @example
 * ```ts
 * parseOptions(['--port', '9000', '--no-browser'], '/book/notebooks', '/book').port; // 9000
 * ```
 */
export function parseOptions(argv: readonly string[], notebooks: string, cwd: string): StartOptions {
  const given = { help: false, pages: false, python: undefined, port: undefined, ip: undefined, open: undefined } as {
    help: boolean;
    pages: boolean;
    python: string | undefined;
    port: number | undefined;
    ip: string | undefined;
    open: string | undefined;
  };
  let browser = true;
  const forJupyter: string[] = [];
  for (let index = 0; index < argv.length; index++) {
    const argument = argv[index] as string;
    const [name, inline] = splitOption(argument);
    const value = (): string => {
      const next = inline ?? argv[++index];
      if (next === undefined) throw new StartProblem(`Cannot read the option ${name}: its value is missing`);
      return next;
    };
    switch (name) {
      case '-h':
      case '--help':
        given.help = true;
        break;
      case '--pages':
        given.pages = true;
        break;
      case '--python':
        given.python = value();
        break;
      case '--port':
      case '--ServerApp.port':
        given.port = readPort(value());
        break;
      case '--ip':
      case '--ServerApp.ip':
        given.ip = value();
        break;
      case '--no-browser':
        browser = false;
        break;
      default: {
        const open = argument.startsWith('-') ? undefined : documentPath(argument, notebooks, cwd, argv[index - 1]);
        if (open === undefined) forJupyter.push(argument);
        else given.open = open;
      }
    }
  }
  return { ...given, browser, forJupyter };
}

function splitOption(argument: string): [name: string, value: string | undefined] {
  const at = argument.startsWith('--') ? argument.indexOf('=') : -1;
  return at < 0 ? [argument, undefined] : [argument.slice(0, at), argument.slice(at + 1)];
}

function readPort(text: string): number {
  const port = /^\d+$/.test(text) ? Number(text) : NaN;
  if (port >= 0 && port <= 65_535) return port;
  throw new StartProblem(`Cannot listen on port ${text}: a port is a whole number from 0 to 65535`);
}

/** The path of a named notebook inside the notebooks folder; undefined when the word is not a file of ours. */
function documentPath(word: string, notebooks: string, cwd: string, before: string | undefined): string | undefined {
  // The word may as well be the value of the option before it (`--log-level DEBUG`): only what exists is a document.
  const absolute = [resolve(cwd, word), resolve(notebooks, word)].find((path) => existsSync(path));
  if (absolute === undefined) {
    const belongsToOption = before?.startsWith('-') === true && !before.includes('=');
    if (belongsToOption || !word.endsWith('.ipynb')) return undefined;
    throw new StartProblem(`Cannot open ${word}: there is no such file`, {
      advice: [`Name a notebook as seen from ${relative(cwd, notebooks) || '.'}, such as 05-futures`],
    });
  }
  const inside = relative(realpathSync(notebooks), realpathSync(absolute));
  if (inside.startsWith('..') || isAbsolute(inside)) {
    throw new StartProblem(`Cannot open ${word}: it is not in the notebooks folder`, {
      advice: [`JupyterLab is started on ${join(notebooks, sep)}`],
    });
  }
  return inside.split(sep).join('/');
}
