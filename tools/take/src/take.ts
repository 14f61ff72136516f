/**
 * Copies a lib and every lib it stands on into a project of yours, as TypeScript sources.
 *
 *     libs/pools/src  ─┐                          target/pools/...
 *     libs/workers/src ├── imports made relative ─> target/workers/...
 *     libs/core/src   ─┘                          target/interleave.json   (version, files, npm packages to add)
 *
 * Tests and fixtures stay here. Files that you changed since the last copy are not overwritten unless you say so:
 * `interleave.json` remembers a digest of each file as it was copied.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';

/** What `interleave.json` says of a copy. */
export interface Manifest {
  readonly origin: 'interleave';
  readonly license: 'MIT';
  /** Version of each copied lib. */
  readonly libs: Record<string, string>;
  /** npm packages that the copied code imports, with the versions it was tested with. */
  readonly packages: Record<string, string>;
  /** Digest of each file as it was copied. */
  readonly files: Record<string, string>;
}

/** Options of {@link take}. */
export interface TakeOptions {
  /** Overwrite files that were changed since the last copy. Default: false. */
  readonly force?: boolean;
}

/** A mistake of the caller, with a message for people. */
export class TakeError extends Error {
  static {
    this.prototype.name = 'TakeError';
  }
}

/**
 * Copies `lib` and what it stands on into `target`.
 *
 * @param root - the folder of this project
 * @param lib - the lib's folder name, for instance `pools`
 * @param target - a folder; made if missing
 * @returns what was copied
 * @throws {TakeError} if there is no such lib, or if it would overwrite a file that you changed; nothing is written then
 */
export function take(root: string, lib: string, target: string, options: TakeOptions = {}): Manifest {
  const libs = closure(root, lib);
  const files = new Map<string, string>();
  const versions: Record<string, string> = {};
  const packages: Record<string, string> = {};
  for (const name of libs) {
    const { version, dependencies } = readPackage(root, name);
    versions[name] = version;
    for (const [dependency, wanted] of Object.entries(dependencies)) {
      if (!dependency.startsWith('@interleave/')) packages[dependency] = wanted;
    }
    for (const [path, text] of sources(root, name)) files.set(path, text);
  }
  if (!options.force) refuseChanged(target, files);
  for (const [path, text] of files) {
    const file = join(target, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  const manifest: Manifest = {
    origin: 'interleave',
    license: 'MIT',
    libs: versions,
    packages,
    files: Object.fromEntries([...files].map(([path, text]) => [path, digest(text)])),
  };
  writeFileSync(join(target, 'interleave.json'), JSON.stringify(merged(target, manifest), null, 2) + '\n');
  return manifest;
}

/** The libs that `lib` stands on, and itself; the lowest first. */
export function closure(root: string, lib: string): string[] {
  const found = new Set<string>();
  const visit = (name: string): void => {
    for (const dependency of Object.keys(readPackage(root, name).dependencies)) {
      if (dependency.startsWith('@interleave/')) visit(dependency.slice('@interleave/'.length));
    }
    found.add(name);
  };
  visit(lib);
  return [...found];
}

function readPackage(root: string, lib: string): { version: string; dependencies: Record<string, string> } {
  const file = join(root, 'libs', lib, 'package.json');
  if (!/^[a-z]+$/.test(lib) || !existsSync(file)) {
    const known = readdirSync(join(root, 'libs')).filter((name) =>
      existsSync(join(root, 'libs', name, 'package.json')),
    );
    throw new TakeError(`Cannot take "${lib}": the libs are ${known.join(', ')}`);
  }
  const { version, dependencies, optionalDependencies } = JSON.parse(readFileSync(file, 'utf8')) as {
    version: string;
    dependencies?: Record<string, string>;
    optionalDependencies?: Record<string, string>;
  };
  return { version, dependencies: { ...dependencies, ...optionalDependencies } };
}

/** The lib's files as they stand in the copy: path below the target, and text with relative imports. */
function* sources(root: string, lib: string): Generator<[string, string]> {
  const src = join(root, 'libs', lib, 'src');
  for (const entry of readdirSync(src, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.ts')) continue;
    const inside = relative(src, join(entry.parentPath, entry.name)).split(sep).join('/');
    if (/\.(test|contract)\.ts$/.test(inside) || inside.startsWith('fixtures/')) continue;
    const path = `${lib}/${inside}`;
    yield [path, withRelativeImports(readFileSync(join(src, inside), 'utf8'), path)];
  }
}

/** `from '@interleave/core'` in `pools/entry/x.ts` becomes `from '../../core/index.js'`; in comments too. */
export function withRelativeImports(text: string, path: string): string {
  return text.replace(/(['"])@interleave\/([a-z]+)\1/g, (_, quote: string, lib: string) => {
    const to = posix.relative(posix.dirname(path), `${lib}/index.js`);
    return `${quote}${to.startsWith('.') ? to : `./${to}`}${quote}`;
  });
}

function refuseChanged(target: string, files: ReadonlyMap<string, string>): void {
  const before = readManifest(target)?.files ?? {};
  const changed = [...files].filter(([path, text]) => {
    const file = join(target, path);
    if (!existsSync(file)) return false;
    const now = readFileSync(file, 'utf8');
    return now !== text && digest(now) !== before[path];
  });
  if (changed.length === 0) return;
  const list = changed.map(([path]) => path).join(', ');
  throw new TakeError(`Cannot overwrite ${list}: changed since the last copy; pass --force, or move your changes`);
}

function readManifest(target: string): Manifest | undefined {
  const file = join(target, 'interleave.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Manifest) : undefined;
}

/** Two libs taken into one folder share one manifest. */
function merged(target: string, now: Manifest): Manifest {
  const before = readManifest(target);
  if (before === undefined) return now;
  return {
    ...now,
    libs: { ...before.libs, ...now.libs },
    packages: { ...before.packages, ...now.packages },
    files: { ...before.files, ...now.files },
  };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
