/**
 * Values that exist on the other side under a name: globals and the members of builtin modules. They go by that name.
 *
 * The tables are filled without touching lazy globals: reading `fetch` or `crypto` would load what is behind them.
 */
import { builtinModules } from 'node:module';
import { types } from 'node:util';

/** Where a known value is found: a path from `globalThis`, or a builtin module and a path in it. */
export interface KnownPlace {
  readonly module?: string;
  readonly path: readonly string[];
}

type Table = Map<unknown, KnownPlace>;

let globals: Table | undefined;
const builtins: Table = new Map();
const builtinsSeen = new Set<string>();
let loadedCount = -1;

/**
 * Globals of Node (not of the language) that may be looked at: they are values or cheap getters. The language's own
 * globals are recognised by their native code.
 */
const nodeGlobals = (
  'console process Buffer URL URLSearchParams TextEncoder TextDecoder Event EventTarget AbortController AbortSignal ' +
  'performance setTimeout setInterval setImmediate clearTimeout clearInterval clearImmediate queueMicrotask ' +
  'structuredClone atob btoa WebAssembly'
).split(' ');

/** Names of the language itself, as every realm has them. */
const languageGlobals = (
  'Object Function Array Number Boolean String Symbol Date Promise RegExp Error AggregateError EvalError RangeError ' +
  'ReferenceError SyntaxError TypeError URIError SuppressedError JSON Math Intl ArrayBuffer Atomics Int8Array Uint8Array ' +
  'Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array Float16Array Float32Array Float64Array BigInt64Array ' +
  'BigUint64Array DataView Map BigInt Set WeakMap WeakSet WeakRef Proxy Reflect FinalizationRegistry SharedArrayBuffer ' +
  'Iterator DisposableStack AsyncDisposableStack decodeURI decodeURIComponent encodeURI encodeURIComponent escape ' +
  'unescape eval isFinite isNaN parseFloat parseInt'
).split(' ');

const eagerNames: ReadonlySet<string> = new Set([...languageGlobals, ...nodeGlobals]);

/** Whether a look costs no more than that. */
export function areTablesFilled(): boolean {
  return globals !== undefined && builtinsSeen.size > 0;
}

/** The name under which the other side finds the value, if it has one. */
export function knownPlace(value: object): KnownPlace | undefined {
  return globalTable().get(value) ?? lazyGlobal(value) ?? builtinTable().get(value);
}

const otherGlobals = new Set(
  (
    'globalThis global undefined NaN Infinity crypto navigator gc localStorage sessionStorage URLPattern Performance ' +
    'PerformanceEntry PerformanceMark PerformanceMeasure PerformanceObserver PerformanceObserverEntryList ' +
    'PerformanceResourceTiming ByteLengthQueuingStrategy CountQueuingStrategy TextDecoderStream TextEncoderStream ' +
    'ReadableStreamDefaultReader ReadableStreamBYOBReader ReadableStreamBYOBRequest ReadableByteStreamController ' +
    'ReadableStreamDefaultController TransformStreamDefaultController WritableStreamDefaultController ' +
    'WritableStreamDefaultWriter'
  ).split(' '),
);

/** Whether every thread and process of Node has a global of this name, or a newer Node may have. */
export function isStandardGlobal(name: string): boolean {
  return eagerNames.has(name) || nodeClasses.has(name) || otherGlobals.has(name);
}

/** Whether the class is part of the language or of Node. */
export function isBuiltinClass(constructor: unknown): boolean {
  return typeof constructor === 'function' && knownPlace(constructor) !== undefined;
}

function globalTable(): Table {
  if (globals !== undefined) return globals;
  globals = new Map();
  globals.set(globalThis, { path: [] });
  for (const name of eagerNames) {
    const descriptor = Object.getOwnPropertyDescriptor(globalThis, name);
    if (descriptor === undefined) continue;
    const value: unknown = (globalThis as Record<string, unknown>)[name];
    if (!isReference(value) || globals.has(value)) continue;
    globals.set(value, { path: [name] });
    addMembers(globals, value, { path: [name] });
  }
  // The other side has an environment of its own, which this process gave it.
  globals.set(process.env, { path: ['process', 'env'] });
  // `Object.getPrototypeOf(Int8Array)` and the prototypes of iterators and generators have no global name, but code
  // reaches them only through their instances.
  return globals;
}

/** Globals that are loaded when first read: found by their name, and only if they have been read already. */
function lazyGlobal(value: object): KnownPlace | undefined {
  const name: unknown = typeof value === 'function' ? value.name : undefined;
  if (typeof name !== 'string' || name === '' || eagerNames.has(name)) return undefined;
  const descriptor = Object.getOwnPropertyDescriptor(globalThis, name);
  if (descriptor?.value !== value || !isNodeCode(value as () => unknown)) return undefined;
  return { path: [name] };
}

/** A user may put things on `globalThis`; they do not exist on the other side. */
function isNodeCode(fn: () => unknown): boolean {
  return /\{\s*\[native code\]\s*\}\s*$/.test(Function.prototype.toString.call(fn)) || nodeClasses.has(fn.name);
}

const nodeClasses = new Set(
  (
    'fetch Blob File FormData Headers Request Response WebSocket CloseEvent MessageEvent MessageChannel MessagePort ' +
    'BroadcastChannel DOMException ReadableStream WritableStream TransformStream CompressionStream DecompressionStream ' +
    'Crypto CryptoKey SubtleCrypto EventSource CustomEvent Navigator Storage'
  ).split(' '),
);

function builtinTable(): Table {
  if (builtinsSeen.size === 0) noteLoadedBuiltins();
  return builtins;
}

/** Notes the builtin modules that were loaded since the last look. */
export function noteLoadedBuiltins(): void {
  // Only what this program has loaded can be a value in it; asking for more would load it.
  const loaded = loadedModules();
  if (loaded.length === loadedCount) return;
  loadedCount = loaded.length;
  for (const entry of loaded) {
    const id = entry.startsWith('NativeModule ') ? entry.slice('NativeModule '.length) : '';
    if (builtinsSeen.has(id) || !builtinModules.includes(id) || id.startsWith('_')) continue;
    builtinsSeen.add(id);
    if (deprecated.has(id)) continue;
    const name = `node:${id}`;
    const exports: unknown = process.getBuiltinModule(name);
    if (!isReference(exports)) continue;
    if (!builtins.has(exports)) builtins.set(exports, { module: name, path: [] });
    addMembers(builtins, exports, { module: name, path: [] }, 2);
  }
}

/** Reading these prints a warning. */
const deprecated = new Set(['punycode', 'sys']);

let loadedList: readonly string[] = [];
let loadedAt = -Infinity;

/** `process.moduleLoadList` is a slow getter on recent versions, so it is read at most every 50 ms. */
function loadedModules(): readonly string[] {
  const now = performance.now();
  if (now - loadedAt > 50) {
    loadedAt = now;
    loadedList = (process as unknown as { moduleLoadList?: readonly string[] }).moduleLoadList ?? [];
  }
  return loadedList;
}

function addMembers(table: Table, owner: object, place: KnownPlace, depth = 1): void {
  if (types.isProxy(owner)) return;
  for (const key of Object.getOwnPropertyNames(owner)) {
    const value: unknown = Object.getOwnPropertyDescriptor(owner, key)?.value;
    if (!isReference(value) || table.has(value) || globals?.has(value)) continue;
    const isPrototype = key === 'prototype' && typeof owner === 'function';
    // Plain objects inside (`process.env`, `util.inspect.defaultOptions`) may be changed by the program.
    if (typeof value !== 'function' && !isPrototype && !(depth === 2 && isNamespace(owner, key))) continue;
    const inner = { ...place, path: [...place.path, key] };
    table.set(value, inner);
    if (isPrototype || (depth === 2 && (typeof value === 'function' || isNamespace(owner, key)))) {
      addMembers(table, value, inner, 1);
      const prototype: unknown = Object.getOwnPropertyDescriptor(value, 'prototype')?.value;
      if (isReference(prototype) && table.get(prototype)?.path.at(-1) === 'prototype') {
        addMembers(table, prototype, { ...inner, path: [...inner.path, 'prototype'] }, 1);
      }
    }
  }
}

/** Members of builtin modules that are modules again: `fs.promises`, `path.posix`, `util.types`, `os.constants`. */
function isNamespace(_owner: object, key: string): boolean {
  return (
    key === 'promises' ||
    key === 'posix' ||
    key === 'win32' ||
    key === 'types' ||
    key === 'constants' ||
    key === 'strict' ||
    key === 'webcrypto'
  );
}

function isReference(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
