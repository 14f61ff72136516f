import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What JupyterLab opens when no notebook was named: the map of chapters if there is one, otherwise the first chapter's
 * map, otherwise its first notebook, otherwise the folder itself (an empty path).
 *
 * @param notebooks - the absolute path of the notebooks folder
 * @returns the path relative to it, with `/`
 */
export function firstDocument(notebooks: string): string {
  if (!existsSync(notebooks)) return '';
  if (existsSync(join(notebooks, 'README.md'))) return 'README.md';
  for (const chapter of chapters(notebooks)) {
    const files = readdirSync(join(notebooks, chapter)).sort();
    const first = files.find((file) => file === 'README.md') ?? files.find((file) => file.endsWith('.ipynb'));
    if (first !== undefined) return `${chapter}/${first}`;
  }
  return '';
}

/** The chapter folders, in order: those with a notebook in them. */
export function chapters(notebooks: string): string[] {
  return readdirSync(notebooks, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .filter((entry) => notebooksIn(join(notebooks, entry.name)).length > 0)
    .map((entry) => entry.name)
    .sort();
}

/** The notebooks directly in a folder, in order. */
export function notebooksIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.ipynb') && !file.startsWith('.'))
    .sort();
}
