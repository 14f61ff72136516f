import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { readSource, type Source } from './source.js';

/** Everything the rules look at, read from the files once. */
export interface House {
  readonly packages: readonly Package[];
  /** Notebooks and the helper files beside them. */
  readonly pages: readonly Page[];
  /** What the `package.json` at the top installs for everybody. */
  readonly installed: ReadonlySet<string>;
  /** Files that could not be read as what they are, with the reason. */
  readonly unreadable: readonly { readonly file: string; readonly reason: string }[];
}

/** A lib or a tool. */
export interface Package {
  readonly kind: 'lib' | 'tool';
  /** `libs/pools` */
  readonly folder: string;
  /** `pools` */
  readonly short: string;
  /** Name in its `package.json`. */
  readonly name: string;
  readonly version: string;
  /** `dependencies`, `peerDependencies` and `optionalDependencies`: name to range. */
  readonly dependencies: ReadonlyMap<string, string>;
  readonly devDependencies: ReadonlyMap<string, string>;
  readonly scripts: readonly string[];
  /** Folders that `tsconfig.json` refers to; `undefined` without such a file. */
  readonly references: readonly string[] | undefined;
  readonly files: readonly SourceFile[];
}

/** One source file of a package. */
export interface SourceFile extends Source {
  readonly path: string;
  /** Tests, contract suites, benchmarks and fixtures are not shipped; `config` files set up a tool. */
  readonly role: 'production' | 'test' | 'config';
}

/** Code of a chapter: a cell of a notebook, or a helper file. */
export interface Page extends Source {
  /** `notebooks/a/b.ipynb#cell-slug` or `notebooks/a/helper.ts` */
  readonly path: string;
  /** `notebooks/a` */
  readonly chapter: string;
}

interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly scripts?: Record<string, string>;
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
  readonly peerDependencies?: Record<string, string>;
  readonly optionalDependencies?: Record<string, string>;
}

/**
 * Reads libs, tools and notebooks of a workspace.
 *
 * @param root - absolute path of the workspace
 */
export function readHouse(root: string): House {
  const unreadable: { file: string; reason: string }[] = [];
  const parse = <T extends object>(file: string): T | undefined => {
    if (!existsSync(join(root, file))) return undefined;
    try {
      return JSON.parse(readFileSync(join(root, file), 'utf8')) as T;
    } catch (error) {
      unreadable.push({ file, reason: (error as Error).message });
      return undefined;
    }
  };
  const packagesIn = (folder: string, kind: Package['kind']): Package[] =>
    foldersIn(root, folder).flatMap((path) => {
      const manifest = parse<Manifest>(`${path}/package.json`);
      if (manifest === undefined) return [];
      const config = parse<{ references?: { path: string }[] }>(`${path}/tsconfig.json`);
      return [packageOf(root, path, kind, manifest, config && (config.references ?? []))];
    });
  const top = parse<Manifest>('package.json');
  return {
    packages: [...packagesIn('libs', 'lib'), ...packagesIn('tools', 'tool')],
    pages: foldersIn(root, 'notebooks').flatMap((chapter) => pagesOf(root, chapter, parse)),
    installed: new Set(Object.keys({ ...top?.dependencies, ...top?.devDependencies })),
    unreadable,
  };
}

function packageOf(
  root: string,
  folder: string,
  kind: Package['kind'],
  manifest: Manifest,
  references: readonly { path: string }[] | undefined,
): Package {
  const { dependencies, peerDependencies, optionalDependencies, devDependencies } = manifest;
  return {
    kind,
    folder,
    short: posix.basename(folder),
    name: manifest.name ?? '',
    version: manifest.version ?? '',
    dependencies: new Map(Object.entries({ ...dependencies, ...peerDependencies, ...optionalDependencies })),
    devDependencies: new Map(Object.entries(devDependencies ?? {})),
    scripts: Object.values(manifest.scripts ?? {}),
    // A reference may end in `/` or in the name of a config file; the folder is meant.
    references: references?.map(({ path }) => posix.join(folder, path).replace(/\/([^/]+\.json)?$/, '')),
    files: sourcesIn(root, folder).map((path) => ({
      path,
      role: roleOf(path.slice(folder.length + 1)),
      ...readSource(readFileSync(join(root, path), 'utf8'), path),
    })),
  };
}

function roleOf(path: string): SourceFile['role'] {
  if (/\.(test|contract|bench)\.[cm]?[jt]s$|(^|\/)(fixtures|measured)\//.test(path)) return 'test';
  return /\.config\.[cm]?[jt]s$/.test(path) ? 'config' : 'production';
}

function pagesOf(root: string, chapter: string, parse: <T extends object>(file: string) => T | undefined): Page[] {
  const helpers = sourcesIn(root, chapter).map((path) => ({
    path,
    chapter,
    ...readSource(readFileSync(join(root, path), 'utf8'), path),
  }));
  const notebooks = filesIn(root, chapter).filter((path) => path.endsWith('.ipynb'));
  return [...helpers, ...notebooks.flatMap((path) => cellsOf(path, parse(path), chapter))];
}

interface Cell {
  readonly cell_type?: string;
  readonly id?: string;
  readonly source?: string | string[];
  readonly metadata?: { readonly tags?: readonly string[] };
}

/** The code cells. One that is there to fail may break a rule on purpose. */
function cellsOf(path: string, notebook: { readonly cells?: readonly Cell[] } | undefined, chapter: string): Page[] {
  return (notebook?.cells ?? [])
    .map((cell, index) => ({ ...cell, id: cell.id ?? String(index) }))
    .filter(({ cell_type, metadata }) => cell_type === 'code' && !metadata?.tags?.includes('raises-exception'))
    .map(({ id, source }) => ({
      path: `${path}#${id}`,
      chapter,
      ...readSource(Array.isArray(source) ? source.join('') : (source ?? '')),
    }));
}

function foldersIn(root: string, folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => `${folder}/${entry.name}`)
    .sort();
}

function sourcesIn(root: string, folder: string): string[] {
  return filesIn(root, folder).filter((path) => /\.[cm]?[jt]s$/.test(path) && !/\.d\.[cm]?ts$/.test(path));
}

/** Files of a folder and below, without what is installed, built or hidden. */
function filesIn(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.name.startsWith('.') || entry.name === 'node_modules' || entry.name === 'dist') return [];
      return entry.isDirectory() ? filesIn(root, path) : entry.isFile() ? [path] : [];
    })
    .sort();
}
