/**
 * Takes the machine out of outputs: the workspace's folder, the home folder and the temporary folder are different
 * everywhere, and nobody else's business.
 */
import { realpathSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { pathToFileURL } from 'node:url';
import { workspaceRoot } from './workspace.js';

/** Replaces machine paths in a text, or in every text of a value. */
export function withoutMachinePaths<T>(value: T): T {
  return replaceIn(value) as T;
}

function replaceIn(value: unknown): unknown {
  if (typeof value === 'string') return replaceText(value);
  if (Array.isArray(value)) return value.map(replaceIn);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, replaceIn(inner)]));
}

function replaceText(text: string): string {
  let result = text;
  for (const [folder, name] of folders()) {
    if (!result.includes(folder)) continue;
    const url = pathToFileURL(folder).href;
    // Inside the workspace a path is told from there; the others keep a name in front.
    const inner = name === '' ? '' : `${name}/`;
    result = result
      .replaceAll(`${url}/`, inner)
      .replaceAll(`${folder}/`, inner)
      .replaceAll(folder, name === '' ? '<workspace>' : name);
  }
  return result;
}

let known: [string, string][] | undefined;

function folders(): [string, string][] {
  if (known) return known;
  const list: [string, string][] = [];
  for (const [folder, name] of [
    [workspaceRoot, ''],
    [homedir(), '~'],
    [tmpdir(), '<tmp>'],
  ] as const) {
    // A home of `/` would match everything.
    if (folder.length < 3) continue;
    for (const path of new Set([folder, real(folder)])) list.push([path, name]);
  }
  known = list;
  return list;
}

function real(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder;
  }
}
