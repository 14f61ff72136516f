import { closeSync, openSync, readSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { CommandRunner } from './run-command.js';

/** A Python interpreter that answers, and what it has. */
export interface Python {
  /** The interpreter's own absolute path; what is run from now on. */
  readonly executable: string;
  /** Such as `3.11.7`. */
  readonly version: string;
  /** The version of JupyterLab that this interpreter can import; undefined when it has none. */
  readonly jupyterlab: string | undefined;
  /** What is missing for making a virtual environment: Debian packs `venv` and `ensurepip` apart from Python. */
  readonly missing: readonly string[];
}

/** Where to look for an interpreter. */
export interface PythonSearch {
  /** The interpreter that was asked for; nothing else is looked at then. */
  readonly command: string | undefined;
  readonly env: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
  readonly run: CommandRunner;
}

/** The oldest Python that the pinned requirements install on. */
export const OLDEST_PYTHON = [3, 11] as const;

// Also runs on Python 2.7, where it tells nothing but the version. Asking the metadata takes 60 ms, importing
// JupyterLab 2 s; whether it really starts is seen when it is started.
const PROBE = `
import json, sys
found = {"executable": sys.executable, "version": ".".join(map(str, sys.version_info[:3])), "jupyterlab": None, "missing": []}
try:
    import importlib.util, importlib.metadata
    found["missing"] = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
    if importlib.util.find_spec("jupyterlab") is not None:
        found["jupyterlab"] = importlib.metadata.version("jupyterlab")
except Exception:
    pass
print(json.dumps(found))
`;

/**
 * Asks a command whether it is a Python, and what it has.
 *
 * @param command - the program and, if need be, its first arguments (`py -3`)
 * @returns undefined when it cannot be started, is broken, or is something else
 */
export async function probePython(command: readonly string[], run: CommandRunner): Promise<Python | undefined> {
  const [program = '', ...args] = command;
  const { code, stdout } = await run(program, [...args, '-c', PROBE], { timeout: 30_000 });
  if (code !== 0) return undefined;
  try {
    const found = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<keyof Python, unknown>;
    if (typeof found.executable !== 'string' || found.executable === '') return undefined;
    return {
      executable: found.executable,
      version: String(found.version),
      jupyterlab: typeof found.jupyterlab === 'string' ? found.jupyterlab : undefined,
      missing: Array.isArray(found.missing) ? found.missing.map(String) : [],
    };
  } catch {
    return undefined;
  }
}

/**
 * All interpreters worth a look, in the order of preference, each once: the plain names first, because they are the
 * ones a person has chosen; then the one that a `jupyter-lab` on the PATH belongs to (pipx and uv keep it apart); then
 * the names with a version, for systems whose plain name is too old.
 */
export async function findPythons(search: PythonSearch): Promise<Python[]> {
  const found = new Map<string, Python>();
  for (const command of candidates(search)) {
    const python = await probePython(command, search.run);
    if (python !== undefined && !found.has(python.executable)) found.set(python.executable, python);
    // A plain Python that is new enough and can make an environment: the others cannot be better, except with a Lab.
    if (python !== undefined && hasLab(python)) break;
  }
  return [...found.values()];
}

/** True when the interpreter can run JupyterLab 4 or newer as it is. */
export function hasLab(python: Python): boolean {
  return python.jupyterlab !== undefined && Number.parseInt(python.jupyterlab, 10) >= 4;
}

/** True when the pinned requirements can be installed with this interpreter. */
export function isNewEnough(python: Python): boolean {
  const [major = 0, minor = 0] = python.version.split('.').map(Number);
  return major > OLDEST_PYTHON[0] || (major === OLDEST_PYTHON[0] && minor >= OLDEST_PYTHON[1]);
}

function candidates({ command, env, platform }: PythonSearch): string[][] {
  if (command !== undefined) return [[command]];
  const lab = platform === 'win32' ? undefined : interpreterOf('jupyter-lab', env);
  const names = ['python3.14', 'python3.13', 'python3.12', 'python3.11'];
  return [
    ...(platform === 'win32' ? [['python'], ['py', '-3']] : [['python3'], ['python']]),
    ...(lab === undefined ? [] : [[lab]]),
    ...(platform === 'win32' ? [] : names.map((name) => [name])),
  ];
}

/** The interpreter in the first line of a Python script on the PATH. */
function interpreterOf(script: string, env: NodeJS.ProcessEnv): string | undefined {
  for (const folder of (env['PATH'] ?? '').split(delimiter)) {
    if (folder === '') continue;
    let file: number;
    try {
      file = openSync(join(folder, script), 'r');
    } catch {
      continue;
    }
    try {
      const bytes = Buffer.alloc(512);
      const head = bytes.toString('utf8', 0, readSync(file, bytes));
      const interpreter = /^#!\s*(\S*python[\d.]*)\s*$/m.exec(head)?.[1];
      if (interpreter !== undefined && head.startsWith('#!')) return interpreter;
    } finally {
      closeSync(file);
    }
  }
  return undefined;
}
