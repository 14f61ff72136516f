/**
 * Imports the modules that definitions refer to, once per worker.
 */
import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { types } from 'node:util';
import { absoluteFile, existingSource, scriptFileUrl } from '../module-files.js';

const loading = new Map<string, Promise<unknown>>();
const loaded = new Map<string, unknown>();

/** Where a module is: its address, and for bare names the file that imports it. */
export interface ModuleAddress {
  readonly url: string;
  readonly from?: string;
  readonly cjs?: boolean;
}

function keyOf({ url, from, cjs }: ModuleAddress): string {
  return `${cjs ? 'require' : 'import'} ${url} ${from ?? ''}`;
}

/** The module, if it has been loaded before. */
export function loadedModule(address: ModuleAddress): { readonly exports: unknown } | undefined {
  const key = keyOf(address);
  if (loaded.has(key)) return { exports: loaded.get(key) };
  // What is part of Node, or CommonJS, is there without waiting.
  if (address.url.startsWith('node:')) {
    const exports: unknown = process.getBuiltinModule(address.url);
    if (exports !== undefined && address.cjs) return { exports };
  }
  return undefined;
}

/** Imports the module, once. */
export function loadModule(address: ModuleAddress): Promise<unknown> {
  const key = keyOf(address);
  let promise = loading.get(key);
  if (promise === undefined) {
    promise = importModule(address).then((exports) => {
      loaded.set(key, exports);
      return exports;
    });
    loading.set(key, promise);
    // A module that failed may be there next time: a file being written, a package being installed.
    promise.catch(() => loading.delete(key));
  }
  return promise;
}

async function importModule({ url, from, cjs }: ModuleAddress): Promise<unknown> {
  if (cjs) return createRequire(import.meta.url)(url.startsWith('file:') ? fileURLToPath(url) : url);
  if (from === undefined) return requireModule(url) ?? importFile(url);
  return importFrom(url, from);
}

/**
 * The namespace of an ES module in JavaScript, if `require` gives the very one that `import` gives. The first `import` of a
 * thread takes 6 ms of processor time, most of them for the part of Node that loads in the background; `require` takes 2.
 *
 * @returns `undefined` where only `import` will do: what is no ES module, waits at its top level or has a default export;
 *   what fails, too, so that the error is the one of `import`
 */
function requireModule(url: string): unknown {
  // With `tsx` in this thread, `import` has rules of its own.
  if (!/^file:.*\.m?js$/.test(url) || typescript !== undefined) return undefined;
  try {
    const exports: unknown = createRequire(import.meta.url)(fileURLToPath(url));
    return types.isModuleNamespaceObject(exports) && !Object.hasOwn(exports as object, '__esModule')
      ? exports
      : undefined;
  } catch {
    return undefined;
  }
}

/** `import(specifier)` as it would be in the file `from`. */
export async function importFrom(specifier: string, from: string): Promise<unknown> {
  if (/^(node|data|https?):/.test(specifier)) return import(specifier);
  if (specifier.startsWith('file:')) return importFile(specifier);
  const base = scriptFileUrl(from) ?? pathToFileURL(from).href;
  if (/^\.{1,2}\//.test(specifier)) return importFile(existingSource(new URL(specifier, base).href));
  if (specifier.startsWith('/')) return importFile(existingSource(absoluteFile(specifier, base)));
  let resolved: string;
  try {
    resolved = createRequire(base).resolve(specifier);
  } catch (error) {
    // A package for `import` only: the way that `require` looks for it does not find it.
    return importOnly(specifier, base, error);
  }
  return import(resolved.startsWith('/') || /^[A-Za-z]:/.test(resolved) ? pathToFileURL(resolved).href : resolved);
}

async function importFile(url: string): Promise<unknown> {
  if (url.startsWith('file:') && /^\.[cm]?tsx?$/.test(extname(new URL(url).pathname))) await prepareTypeScript(url);
  return import(url);
}

let typescript: Promise<void> | undefined;

/** Lets this thread import TypeScript. Loads `tsx`, if the program has it, only now. */
function prepareTypeScript(url: string): Promise<void> {
  typescript ??= (async () => {
    let api: string | undefined;
    for (const base of [url, pathToFileURL(`${process.cwd()}/`).href, import.meta.url]) {
      try {
        const manifest = pathToFileURL(createRequire(base).resolve('tsx/package.json'));
        // The way that `require` finds is another build, which loads for `require` only.
        api = new URL('./dist/esm/api/index.mjs', manifest).href;
        break;
      } catch {
        continue;
      }
    }
    // Without it, Node may know how to strip types by itself; if not, its error says so.
    if (api === undefined) return;
    const { register } = (await import(api)) as { register: () => void };
    register();
  })();
  return typescript;
}

async function importOnly(specifier: string, base: string, cause: unknown): Promise<unknown> {
  const { Script, constants } = process.getBuiltinModule('node:vm');
  const loader = (constants as unknown as { USE_MAIN_CONTEXT_DEFAULT_LOADER?: symbol }).USE_MAIN_CONTEXT_DEFAULT_LOADER;
  if (loader === undefined) throw cause;
  const emitWarning = Object.getOwnPropertyDescriptor(process, 'emitWarning');
  // Some versions announce that this option is experimental; the reader of a task's output has no use for it.
  process.emitWarning = () => undefined;
  let found: Promise<unknown>;
  try {
    const script = new Script('(specifier) => import(specifier)', {
      filename: fileURLToPath(base),
      importModuleDynamically: loader as never,
    });
    found = (script.runInThisContext() as (specifier: string) => Promise<unknown>)(specifier);
  } finally {
    if (emitWarning) Object.defineProperty(process, 'emitWarning', emitWarning);
  }
  return found;
}
