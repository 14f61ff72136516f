import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/** A script's address as a `file:` URL; undefined for scripts without a file. */
export function scriptFileUrl(address: string): string | undefined {
  if (address.startsWith('file:')) return address;
  return address.startsWith('/') || /^[A-Za-z]:[\\/]/.test(address) ? pathToFileURL(address).href : undefined;
}

/**
 * The file that an absolute specifier means: vite writes the path under its root, which is some folder above the importing
 * file, and marks paths outside of it with `/@fs`.
 */
export function absoluteFile(specifier: string, importer: string): string {
  const path = specifier.startsWith('/@fs/') ? specifier.slice('/@fs'.length) : specifier;
  if (!existsSync(path) && importer.startsWith('file:')) {
    let folder = new URL('.', importer);
    for (;;) {
      const candidate = new URL(`.${path}`, folder);
      if (existsSync(candidate)) return candidate.href;
      const above = new URL('..', folder);
      if (above.href === folder.href) break;
      folder = above;
    }
  }
  return pathToFileURL(path).href;
}

/** TypeScript imports `./x.ts` as `./x.js`; where only the source is there, the source is meant. */
export function existingSource(url: string): string {
  if (!url.startsWith('file:') || existsSync(new URL(url))) return url;
  const source = url.replace(/\.([cm]?)js$/, '.$1ts');
  return source !== url && existsSync(new URL(source)) ? source : url;
}
