/** Finds the notebooks that the command line means. */
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { UsageError } from './options.js';

/**
 * All notebooks under the given paths, each once, in order of their names.
 *
 * Folders that begin with a dot (checkpoints, caches) and `node_modules` are left out.
 *
 * @throws {UsageError} if a path does not exist, is no notebook, or holds none
 */
export async function findNotebooks(paths: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  for (const path of paths) {
    const info = await stat(path).catch(() => undefined);
    if (!info) throw new UsageError(`Cannot find ${path}: no such file or folder`);
    if (!info.isDirectory() && !path.endsWith('.ipynb')) {
      throw new UsageError(`Cannot use ${path}: not a notebook; name an .ipynb file or a folder`);
    }
    const inside = info.isDirectory() ? await search(resolve(path)) : [resolve(path)];
    if (inside.length === 0) throw new UsageError(`Cannot use ${path}: no notebook in this folder`);
    for (const each of inside) found.add(each);
  }
  return [...found];
}

async function search(folder: string): Promise<string[]> {
  const found: string[] = [];
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...(await search(path)));
    else if (entry.name.endsWith('.ipynb')) found.push(path);
  }
  return found;
}
