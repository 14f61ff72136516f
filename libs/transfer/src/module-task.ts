import { pathToFileURL } from 'node:url';
import { isAbsolute } from 'node:path';
import { Task } from './task.js';

/** The names of the exports of module `M` that are functions. */
export type FunctionExport<M> = {
  [K in keyof M & string]: M[K] extends (...args: never[]) => unknown ? K : never;
}[keyof M & string];

/**
 * The task made from export `K` of module `M`: same arguments, same result. Where `K` is left out it stands for every
 * function of the module, and so do the arguments and the result.
 */
export type ModuleTask<M, K extends keyof M> = Task<
  Parameters<Extract<M[K], (...args: never[]) => unknown>>,
  ReturnType<Extract<M[K], (...args: never[]) => unknown>>
>;

/**
 * Makes a task from an export of a module. Only the address travels; the other side imports the module itself.
 *
 * Use it for large modules, for modules that keep state per worker (a connection, a cache), and where the inspector
 * is missing. A module in TypeScript works too: the worker loads `tsx` for it when Node needs that.
 *
 * `url` is a `file:` or `data:` URL, an absolute path, or the name of a package or builtin (`node:zlib`); a relative one
 * would have to be relative to something, so write `new URL('./tasks.js', import.meta.url)`.
 *
 * @param url - where the module is
 * @param name - the export; `default` for the default export
 * @returns a task to submit
 * @throws {TypeError} if the address is relative, or `name` is not a string
 *
 * @example
 * ```ts
 * const deflate = moduleTask<typeof import('node:zlib'), 'deflateSync'>('node:zlib', 'deflateSync');
 * ```
 */
export function moduleTask<M, K extends FunctionExport<M> = FunctionExport<M>>(
  url: string | URL,
  name: K,
): ModuleTask<M, K> {
  if (typeof url !== 'string' && !(url instanceof URL)) {
    throw new TypeError(`Cannot make a task from a module: its address is ${typeof url}; pass a URL or a string`);
  }
  if (typeof name !== 'string' || name === '') {
    throw new TypeError(
      `Cannot make a task from a module: the export is ${typeof name === 'string' ? 'an empty name' : typeof name}; pass its name`,
    );
  }
  const address = String(url);
  if (/^\.{1,2}\//.test(address)) {
    throw new TypeError(
      `Cannot make a task from module "${address}": the address is relative; pass new URL('${address}', import.meta.url)`,
    );
  }
  const resolved = isAbsolute(address) ? pathToFileURL(address).href : address;
  return new Task(name, { kind: 'module', url: resolved, exportName: name });
}
