/**
 * What a rebuilt function finds around it in place of what its module had: `import.meta` and `import()`.
 */
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { scriptFileUrl } from '../module-files.js';
import { importFrom } from './module-loader.js';

/** What `import.meta` was: the address, and what follows from it. */
export function importMeta(url: string): object {
  const base = scriptFileUrl(url) ?? url;
  const file = base.startsWith('file:') ? fileURLToPath(base) : undefined;
  return Object.assign(Object.create(null) as object, {
    url: base,
    ...(file === undefined ? {} : { filename: file, dirname: dirname(file) }),
    resolve: (specifier: string): string =>
      /^(\.{0,2}\/|[a-z]+:)/.test(specifier)
        ? new URL(specifier, base).href
        : pathToFileURL(createRequire(base).resolve(specifier)).href,
  });
}

/** What `import()` did, relative to where the function came from. */
export function loaderFor(url: string): (specifier: unknown) => Promise<unknown> {
  const base = url === '' ? pathToFileURL(`${process.cwd()}/`).href : url;
  return (specifier) => importFrom(String(specifier), base);
}
