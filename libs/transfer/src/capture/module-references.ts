/**
 * Values that belong to an importable module: they go by the module's address and a name in it.
 *
 * The rule is cloudpickle's: what the other side can import is imported there; the main program, notebook cells and files
 * of the program that nobody exports from go by value. So do modules that are importable only with a loader
 * (TypeScript): a worker has none.
 */
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { types } from 'node:util';
import { absoluteFile, scriptFileUrl } from '../module-files.js';
import { parser } from './parse-function.js';
import { forgetSource, scriptSource } from './inspector.js';

/** A module's address and the way to a value in it. */
export interface ModulePlace {
  readonly url: string;
  /** For the bare name of a package: the file that imports it. */
  readonly from?: string;
  readonly cjs?: boolean;
  readonly path: readonly string[];
}

/** What an import line binds to a local name. */
export interface ImportBinding {
  readonly specifier: string;
  /** `*` for the whole namespace. */
  readonly name: string;
}

/** What the capture knows of the script that a function is from. */
export interface Script {
  /** V8's number for it. */
  readonly id: string;
  /** `file:` URL or path, '' if it has none. */
  readonly url: string;
  /** Whether it is an ES module, and its import lines are as they were written. */
  readonly isModule: boolean;
}

/** How far the clock of a file system may be behind ours, in milliseconds. */
const CLOCK_ERROR = 2_000;

let required: NodeJS.Require | undefined;

/** Making one takes longer than most captures. */
function localRequire(): NodeJS.Require {
  required ??= createRequire(import.meta.url);
  return required;
}

const places = new WeakMap<object, ModulePlace>();
const scanned = new Set<string>();
const namespacesTried = new Set<string>();
const bindings = new Map<string, ReadonlyMap<string, ImportBinding>>();
let scannedCount = -1;

/** Remembers that the value is a member of a module, however it is met next time. */
export function rememberPlace(value: unknown, place: ModulePlace): void {
  if (((typeof value === 'object' && value !== null) || typeof value === 'function') && !places.has(value)) {
    places.set(value, place);
  }
}

/** The module that the value is a member of, as far as it is known already; see {@link noteLoadedModules}. */
export function modulePlace(value: object): ModulePlace | undefined {
  return places.get(value);
}

/** The CommonJS module that hands the value on; those that are loaded are looked through first. */
export function requiredPlace(value: object): ModulePlace | undefined {
  noteLoadedModules();
  return places.get(value);
}

/**
 * Looks for the value among the exports of the ES module that its code is from.
 *
 * The module is loaded already, so that asking for it gives the very same namespace and runs nothing.
 */
export function esModulePlace(value: object, url: string): ModulePlace | undefined {
  if (!namespacesTried.has(url)) {
    namespacesTried.add(url);
    if (!isImportableFile(url) || !isMainContext()) return undefined;
    try {
      // In a module that is still being evaluated, or waits at its top level, this throws: it then goes by value.
      rememberNamespace(localRequire()(fileURLToPath(url)) as object, { url, path: [] });
    } catch {
      return undefined;
    }
  }
  return places.get(value);
}

/** Remembers a namespace and what it exports. */
export function rememberNamespace(namespace: object, place: ModulePlace): void {
  rememberPlace(namespace, place);
  for (const name of Object.keys(namespace)) {
    let member: unknown;
    try {
      member = (namespace as Record<string, unknown>)[name];
    } catch {
      continue; // exported, but not initialised yet
    }
    rememberPlace(member, { ...place, path: [...place.path, name] });
  }
}

/**
 * What a script's import lines bind: those of an ES module, and those that vite writes in their place.
 */
export function importBindings({ id, url, isModule }: Script): ReadonlyMap<string, ImportBinding> {
  const known = bindings.get(id);
  if (known !== undefined) return known;
  const source = (isModule ? unchangedText(url) : undefined) ?? scriptSource(id);
  forgetSource(id);
  const found = new Map<string, ImportBinding>();
  const rewritten = /\bconst (__vi\w+) = await __vi\w+\(("(?:[^"\\]|\\.)*")/g;
  for (const [, local, literal] of source.matchAll(rewritten)) {
    found.set(local as string, { specifier: JSON.parse(literal as string) as string, name: '*' });
  }
  if (found.size === 0) readImports(source, found);
  bindings.set(id, found);
  return found;
}

/**
 * What is in the file of a JavaScript module, if it is for certain what was loaded from it: older than this process. The
 * debugger knows the text in any case, but the first time it is asked it takes 20 ms, as long as all the rest.
 */
function unchangedText(url: string): string | undefined {
  if (!/^file:.*\.m?js$/.test(url)) return undefined;
  try {
    const file = fileURLToPath(url);
    return statSync(file).mtimeMs < performance.timeOrigin - CLOCK_ERROR ? readFileSync(file, 'utf8') : undefined;
  } catch {
    return undefined;
  }
}

function readImports(source: string, found: Map<string, ImportBinding>): void {
  let program;
  try {
    program = parser().parse(source, { ecmaVersion: 'latest', sourceType: 'module', allowHashBang: true });
  } catch {
    return; // syntax that this parser does not know yet: imported values go by value
  }
  for (const statement of program.body) {
    if (statement.type !== 'ImportDeclaration') continue;
    const specifier = String(statement.source.value);
    for (const item of statement.specifiers) {
      const name =
        item.type === 'ImportNamespaceSpecifier'
          ? '*'
          : item.type === 'ImportDefaultSpecifier'
            ? 'default'
            : item.imported.type === 'Identifier'
              ? item.imported.name
              : String(item.imported.value);
      found.set(item.local.name, { specifier, name });
    }
  }
}

/**
 * The address that an import line means, if the other side can import it: a builtin, a package, or a JavaScript file.
 *
 * @param base - URL or path of the importing script
 */
export function importableAddress(specifier: string, base: string): Omit<ModulePlace, 'path'> | undefined {
  if (specifier.startsWith('node:')) return { url: specifier };
  if (/^(data|https?):/.test(specifier)) return { url: specifier };
  const from = scriptFileUrl(base);
  if (/^(\.{0,2}\/|file:)/.test(specifier)) {
    const url = specifier.startsWith('/')
      ? absoluteFile(specifier, from ?? '')
      : specifier.startsWith('file:')
        ? specifier
        : from && new URL(specifier, from).href;
    return url !== undefined && isImportableFile(url) ? { url } : undefined;
  }
  return from === undefined ? { url: specifier } : { url: specifier, from };
}

/** Whether a worker can import the file: plain JavaScript, there, and not the main program. */
function isImportableFile(url: string): boolean {
  if (!url.startsWith('file:')) return false;
  let path: string;
  try {
    path = fileURLToPath(url);
  } catch {
    return false;
  }
  return isImportablePath(path);
}

function isImportablePath(path: string): boolean {
  return /^\.([cm]?js|json|node|)$/.test(extname(path)) && path !== mainProgram() && existsSync(path);
}

let main: string | undefined;

function mainProgram(): string {
  if (main === undefined) {
    const [, script] = process.argv;
    try {
      main = script === undefined ? '' : realpathSync(localRequire().resolve(script));
    } catch {
      main = script ?? '';
    }
  }
  return main;
}

function isMainContext(): boolean {
  return process.getBuiltinModule('node:vm').runInThisContext('globalThis') === globalThis;
}

/** Notes the exports of CommonJS modules that were loaded since the last look. */
export function noteLoadedModules(): void {
  const { cache } = localRequire();
  const files = Object.keys(cache);
  if (files.length === scannedCount) return;
  let complete = true;
  for (const file of files) {
    const module = cache[file];
    if (scanned.has(file) || module === undefined) continue;
    if (!module.loaded) {
      complete = false;
      continue;
    }
    scanned.add(file);
    if (module.id === '.' || !isImportablePath(file)) continue;
    rememberExports(module.exports, file);
  }
  // A module that is still loading may be complete next time although the number of files is the same.
  scannedCount = complete ? files.length : -1;
}

function rememberExports(exports: unknown, file: string): void {
  if ((typeof exports !== 'object' && typeof exports !== 'function') || exports === null || types.isProxy(exports))
    return;
  if (types.isModuleNamespaceObject(exports)) {
    rememberNamespace(exports, { url: pathToFileURL(file).href, path: [] });
    return;
  }
  const place: ModulePlace = { url: pathToFileURL(file).href, cjs: true, path: [] };
  rememberPlace(exports, place);
  for (const name of Object.keys(exports)) {
    const { get, ...data } = Object.getOwnPropertyDescriptor(exports, name) as { value?: unknown; get?: unknown };
    let { value } = data;
    if (get !== undefined) {
      if (!isForwardingGetter(get)) continue;
      try {
        value = get.call(exports);
      } catch {
        continue;
      }
    }
    rememberPlace(value, { ...place, path: [name] });
  }
}

/** Whether a getter only forwards to another module, as compilers write it. Any other may load or compute something. */
export function isForwardingGetter(getter: unknown): getter is () => unknown {
  return typeof getter === 'function' && forwarding.test(Function.prototype.toString.call(getter));
}

const forwarding = /^(\(\) => [\w$.[\]]+|function ?\(\) ?\{ ?return [\w$.[\]]+;? ?\})$/;
