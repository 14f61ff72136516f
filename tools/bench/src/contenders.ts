import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Case, Kind } from './cases.js';
import type { Suite } from './suites.js';

/** Who is measured, as it stands in the report. */
export interface Contender {
  readonly name: string;
  readonly version: string;
  /** Ours, somebody else's, or the bare mechanism, which is nobody's pool. */
  readonly role: 'ours' | 'peer' | 'limit';
  readonly kinds: readonly Kind[];
  readonly can: readonly string[];
  /** The command that measures one case in a process of its own. */
  command(test: Case, kind: Kind): readonly string[];
}

interface Declared {
  readonly name: string;
  readonly package?: string;
  readonly kinds: readonly Kind[];
  readonly ours?: boolean;
  readonly reference?: boolean;
  readonly can?: readonly string[];
}

/** The folder with what runs in the processes that are measured. */
export const measured: string = fileURLToPath(new URL('../measured', import.meta.url));

/** Every contender: one file each in `contenders` of the suite's folder, and Python if it is there. */
export async function findContenders(suite: Suite): Promise<Contender[]> {
  const files = readdirSync(join(measured, suite.folder, 'contenders')).sort();
  const found = await Promise.all(
    files.map(async (file) => {
      const url = new URL(`../measured/${suite.folder}/contenders/${file}`, import.meta.url).href;
      const { contenders } = (await import(url)) as { contenders: Declared[] };
      return contenders.map((declared): Contender => fromDeclared(declared, suite.folder, file));
    }),
  );
  return [...found.flat(), ...pythonContenders(suite)];
}

function fromDeclared(declared: Declared, folder: string, file: string): Contender {
  return {
    name: declared.name,
    version: declared.package === undefined ? process.version : versionOf(declared.package),
    role: declared.ours ? 'ours' : declared.reference ? 'limit' : 'peer',
    kinds: declared.kinds,
    can: declared.can ?? [],
    command(test, kind) {
      return [process.execPath, join(measured, 'measure.mjs'), folder, test.name, file, declared.name, kind];
    },
  };
}

function versionOf(name: string): string {
  const require = createRequire(import.meta.url);
  let folder = dirname(require.resolve(name));
  for (;;) {
    try {
      const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
        name?: string;
        version?: string;
      };
      if (manifest.name === name) return manifest.version ?? '';
    } catch {
      // Not the folder of a package.
    }
    if (folder === dirname(folder)) return '';
    folder = dirname(folder);
  }
}

function pythonContenders({ folder, python }: Suite): Contender[] {
  const { status, stdout } = spawnSync('python3', ['--version'], { encoding: 'utf8' });
  if (status !== 0) return [];
  const version = stdout.trim().replace('Python ', '');
  return python.map(({ name, kind, can }) => ({
    name,
    version,
    role: 'peer',
    kinds: [kind],
    can,
    command: (test) => ['python3', join(measured, folder, 'python.py'), test.name, name],
  }));
}

/** Whether the contender has what the case asks for. */
export function takesPart({ kinds, can }: Contender, test: Case, kind: Kind): boolean {
  if (!kinds.includes(kind)) return false;
  if (can.includes('python')) return test.python !== undefined && test.python !== false;
  return test.needs === undefined || can.includes(test.needs);
}
