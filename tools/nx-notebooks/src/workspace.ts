import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One package of the npm workspace. */
export interface WorkspacePackage {
  readonly name: string;
  /** Name of its Nx project. */
  readonly project: string;
  /** Its folder, relative to the workspace root, with `/`. */
  readonly root: string;
  /** What its code needs when it runs, tests apart: names of packages, ours and others'. */
  readonly needs: readonly string[];
  /** Others see what `build` makes of it; without, it runs from its sources. */
  readonly built: boolean;
}

/** What packages reach, all the way down. */
export interface Reach {
  readonly packages: readonly WorkspacePackage[];
  /** Installed packages, named as Nx names them in `externalDependencies`. */
  readonly external: readonly string[];
}

/** `packages` of a `package-lock.json`: folders, with what is installed there. */
type Installed = Readonly<Record<string, { readonly version?: string }>>;

/** The packages of an npm workspace, read from the files alone. */
export class Workspace {
  readonly packages: ReadonlyMap<string, WorkspacePackage>;
  readonly #installed: Installed;

  /** @param root - absolute path of the folder with the workspace's `package.json` */
  constructor(root: string) {
    const manifest = readJson(join(root, 'package.json'));
    this.packages = new Map(
      foldersOf(root, stringsOf(manifest['workspaces']))
        .map((folder) => packageIn(root, folder))
        .filter((found) => found !== undefined)
        .map((found) => [found.name, found]),
    );
    const lock = join(root, 'package-lock.json');
    this.#installed = existsSync(lock) ? ((readJson(lock)['packages'] as Installed | undefined) ?? {}) : {};
  }

  /**
   * Follows the names through `dependencies`, and gives every package on the way.
   *
   * A name that is neither in the workspace nor installed is left out: it cannot change a result, and the run itself
   * says best what is missing.
   *
   * @param names - packages to start from
   */
  reach(names: Iterable<string>): Reach {
    const packages = new Map<string, WorkspacePackage>();
    const external = new Set<string>();
    const follow = (name: string, from: string): void => {
      const found = this.packages.get(name);
      if (!found) {
        const installed = this.#installedName(name, from);
        if (installed) external.add(installed);
      } else if (!packages.has(name)) {
        packages.set(name, found);
        for (const need of found.needs) follow(need, found.root);
      }
    };
    for (const name of names) follow(name, '');
    return {
      packages: [...packages.values()].sort((a, b) => compare(a.root, b.root)),
      external: [...external].sort(compare),
    };
  }

  /**
   * Nx calls the copy at the top `name` and every other copy `name@version`, and refuses to hash a name it does not
   * know. It knows what the lock file has, so that is what decides here.
   */
  #installedName(name: string, from: string): string | undefined {
    const own = from === '' ? undefined : this.#installed[`${from}/node_modules/${name}`]?.version;
    if (own) return `${name}@${own}`;
    return this.#installed[`node_modules/${name}`] ? name : undefined;
  }
}

/** Plain folders and `folder/*`, which is all that npm workspaces need here. */
function foldersOf(root: string, patterns: readonly string[]): string[] {
  return patterns.flatMap((pattern) => {
    if (!pattern.endsWith('/*')) return [pattern];
    const parent = pattern.slice(0, -2);
    if (!existsSync(join(root, parent))) return [];
    return readdirSync(join(root, parent), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => `${parent}/${entry.name}`);
  });
}

function packageIn(root: string, folder: string): WorkspacePackage | undefined {
  const path = join(root, folder, 'package.json');
  if (!existsSync(path)) return undefined;
  const manifest = readJson(path);
  const { name, nx } = manifest as { name?: string; nx?: { name?: string } };
  if (typeof name !== 'string') return undefined;
  const kinds = ['dependencies', 'peerDependencies', 'optionalDependencies'];
  return {
    name,
    project: nx?.name ?? name,
    root: folder,
    needs: kinds.flatMap((kind) => Object.keys((manifest[kind] as object | undefined) ?? {})),
    built: (manifest['scripts'] as Record<string, string> | undefined)?.['build'] !== undefined,
  };
}

function readJson(path: string): Record<string, unknown> {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  } catch (cause) {
    throw new Error(`Cannot read ${path}: ${(cause as Error).message}; make it valid JSON`, { cause });
  }
}

function stringsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
