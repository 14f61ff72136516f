import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { importsOf, packageOf, type ImportedModule } from './imports.js';
import { readNotebook, type Notebook } from './notebook.js';

/** A folder under `notebooks/` with what it holds. */
export interface Chapter {
  /** Folder name, and name of the Nx project: `05-futures`. */
  readonly name: string;
  /** `notebooks/05-futures` */
  readonly root: string;
  readonly notebooks: readonly ChapterNotebook[];
}

/** One notebook of a chapter. */
export interface ChapterNotebook extends Notebook {
  /** Path from the workspace root, with `/`. */
  readonly path: string;
  /** What its targets and reports are named after: `01-series`. */
  readonly id: string;
  /** Imported packages, with the file each import stands in: the notebook or a helper beside it. */
  readonly imports: readonly PackageImport[];
}

/** A package and the place that asks for it. */
export interface PackageImport {
  readonly package: string;
  readonly kind: ImportedModule['kind'];
  /** Path from the workspace root, with `/`. */
  readonly file: string;
}

/**
 * Groups notebook files by chapter and reads them.
 *
 * @param workspaceRoot - absolute path
 * @param paths - notebook files, relative to the workspace root, with `/`; checkpoints and hidden folders are skipped
 * @throws Error if two notebooks of a chapter would get the same target name
 */
export function chaptersOf(workspaceRoot: string, paths: readonly string[]): Chapter[] {
  const chapters = new Map<string, ChapterNotebook[]>();
  for (const path of [...paths].sort()) {
    const [folder, chapter, ...rest] = path.split('/');
    if (folder === undefined || chapter === undefined || rest.length === 0) continue;
    if ([chapter, ...rest].some((part) => part.startsWith('.') || part === 'node_modules')) continue;
    const root = `${folder}/${chapter}`;
    const siblings = chapters.get(root) ?? [];
    const id = idOf(rest);
    const twin = siblings.find((other) => other.id === id);
    if (twin) {
      throw new Error(
        `Cannot name the targets of ${path}: ${twin.path} has the name "${id}" already; rename one of them`,
      );
    }
    chapters.set(root, [...siblings, read(workspaceRoot, root, path, id)]);
  }
  return [...chapters].map(([root, notebooks]) => ({ name: posix.basename(root), root, notebooks }));
}

/** Nx splits at `:` and matches `*`, so a target name keeps to letters, digits, dot, dash and underscore. */
function idOf(parts: readonly string[]): string {
  return parts
    .join('--')
    .replace(/\.ipynb$/, '')
    .replaceAll(/[^\p{L}\p{N}._-]/gu, '-');
}

function read(workspaceRoot: string, root: string, path: string, id: string): ChapterNotebook {
  const notebook = readNotebook(readText(join(workspaceRoot, path)));
  const imports: PackageImport[] = [];
  const seen = new Set<string>();

  // A helper file takes part as soon as its path stands in a string: imported, or handed to a worker as a URL.
  const visit = (file: string, text: string): void => {
    const { modules, relativePaths } = importsOf(text);
    for (const { name, kind } of modules) {
      const found = packageOf(name);
      if (found) imports.push({ package: found, kind, file });
    }
    for (const relative of relativePaths) {
      const helper = helperAt(workspaceRoot, root, posix.join(posix.dirname(file), relative));
      if (helper === undefined || seen.has(helper)) continue;
      seen.add(helper);
      visit(helper, readText(join(workspaceRoot, helper)));
    }
  };
  for (const cell of notebook.code) visit(path, cell);
  return { ...notebook, path, id, imports };
}

/** The source file that a relative path in a chapter means; the extension may be missing or be that of the output. */
function helperAt(workspaceRoot: string, root: string, path: string): string | undefined {
  if (!path.startsWith(`${root}/`)) return undefined;
  const stem = path.replace(/\.[cm]?[jt]s$/, '');
  const extensions = ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs'];
  return [...extensions.map((extension) => `${stem}.${extension}`), `${path}/index.ts`].find((candidate) =>
    existsSync(join(workspaceRoot, candidate)),
  );
}

/** A file may vanish between the listing and the read; then there is nothing to know of it. */
function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
