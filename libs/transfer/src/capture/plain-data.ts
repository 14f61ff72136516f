import { inspect, types, type InspectOptions } from 'node:util';
import type { Ground } from '../ground.js';

/** How strictly data is looked at. */
export interface PlainDataRules {
  readonly ground: Ground;
  /** Objects that move instead of being copied. */
  readonly moved: ReadonlySet<unknown>;
  /**
   * Captured variables keep what structured clone drops: getters, frozenness. Arguments and results are data,
   * for which structured clone's rules are good enough.
   */
  readonly exact: boolean;
  /** Whether the object has to become a node, because it is one already or is known to the other side by a name. */
  readonly isNode: (object: object) => boolean;
}

/** Longest array whose keys are listed: for a million of them that takes a second. */
const KEYS_LISTED = 1_000;

/**
 * Finds the parts of a value that structured clone carries unchanged, so that a million rows go at native speed and
 * only the rest becomes nodes.
 *
 * An object is plain if everything in it is. Verdicts are kept: what was seen on the way to something that is not plain is
 * not looked at again.
 */
export class PlainData {
  readonly #rules: PlainDataRules;
  readonly #plain = new Set<object>();
  readonly #notPlain = new Set<object>();

  constructor(rules: PlainDataRules) {
    this.#rules = rules;
  }

  /** Whether structured clone carries the object, and all that is in it, unchanged. */
  isPlain(root: object): boolean {
    if (this.#plain.has(root)) return true;
    // Depth first with a stack of our own: data may be nested deeper than the call stack allows.
    const path: { readonly object: object; readonly inside: readonly object[]; next: number }[] = [];
    const seen = new Set<object>();
    const enter = (object: object): boolean => {
      if (seen.has(object) || this.#plain.has(object)) return true;
      if (this.#notPlain.has(object)) return false;
      const inside = this.#objectsIn(object);
      if (inside === undefined) {
        this.#notPlain.add(object);
        return false;
      }
      // What holds no objects is not worth remembering: looking again is as quick.
      if (inside.length === 0) return true;
      seen.add(object);
      path.push({ object, inside, next: 0 });
      return true;
    };
    let plain = enter(root);
    while (plain) {
      const top = path.at(-1);
      if (top === undefined) break;
      if (top.next === top.inside.length) path.pop();
      else plain = enter(top.inside[top.next++] as object);
    }
    if (plain) for (const object of seen) this.#plain.add(object);
    else for (const { object } of path) this.#notPlain.add(object);
    return plain;
  }

  /** The objects in the object, or undefined if structured clone changes or refuses it or a primitive in it. */
  #objectsIn(object: object): readonly object[] | undefined {
    const { moved, exact, ground, isNode } = this.#rules;
    if (moved.size > 0 && moved.has(object)) return [];
    if (types.isProxy(object) || isNode(object)) return undefined;
    const prototype: unknown = Object.getPrototypeOf(object);
    if (prototype === Object.prototype) return exact ? exactValues(object) : values(object);
    if (exact && !Object.isExtensible(object)) return undefined;
    if (prototype === Array.prototype)
      return hasOnlyElements(object as unknown[]) ? objectsOf(object as unknown[]) : undefined;
    switch (prototype) {
      case Map.prototype:
        return types.isMap(object) && hasNoKeys(object) ? objectsOf([...object.keys(), ...object.values()]) : undefined;
      case Set.prototype:
        return types.isSet(object) && hasNoKeys(object) ? objectsOf([...object]) : undefined;
      case Date.prototype:
      case Boolean.prototype:
      case Number.prototype:
      case String.prototype:
      case BigInt.prototype:
        return hasOnlyIndices(object) ? [] : undefined;
      case RegExp.prototype:
        return (object as RegExp).lastIndex === 0 && hasNoKeys(object, 'lastIndex') ? [] : undefined;
      case ArrayBuffer.prototype:
        return isAttached(object as ArrayBuffer) && hasNoKeys(object) ? [] : undefined;
      case SharedArrayBuffer.prototype:
        return ground === 'thread' && hasNoKeys(object) ? [] : undefined;
      default:
        return isPlainView(object, prototype) ? [(object as ArrayBufferView).buffer] : undefined;
    }
  }
}

/** The objects among the values; undefined if a function or symbol is among them. */
function objectsOf(list: readonly unknown[]): readonly object[] | undefined {
  let objects: object[] | undefined;
  for (let i = 0; i < list.length; i += 1) {
    const value = list[i];
    if (typeof value === 'object') {
      if (value !== null) (objects ??= []).push(value);
    } else if (typeof value === 'function' || typeof value === 'symbol') {
      return undefined;
    }
  }
  return objects ?? none;
}

const none: readonly object[] = [];

/** The values of an object whose getters may be read, as structured clone does. */
function values(object: object): readonly object[] | undefined {
  const keys = Object.keys(object);
  if (Object.getOwnPropertySymbols(object).length > 0) return undefined;
  // `Math`, `JSON` and other objects with nothing but hidden members are no data.
  if (keys.length === 0 && Object.getOwnPropertyNames(object).length > 0) return undefined;
  const list: unknown[] = [];
  for (const key of keys) {
    // One that throws is reported with its path by the writer.
    try {
      list.push((object as Record<string, unknown>)[key]);
    } catch {
      return undefined;
    }
  }
  return objectsOf(list);
}

/** The values of an object that has nothing but ordinary properties. */
function exactValues(object: object): readonly object[] | undefined {
  if (!Object.isExtensible(object)) return undefined;
  const keys = Reflect.ownKeys(object);
  const list: unknown[] = [];
  for (const key of keys) {
    if (typeof key === 'symbol') return undefined;
    const descriptor = Object.getOwnPropertyDescriptor(object, key);
    if (descriptor === undefined || descriptor.get !== undefined || descriptor.set !== undefined) return undefined;
    if (!descriptor.writable || !descriptor.configurable || !descriptor.enumerable) return undefined;
    list.push(descriptor.value);
  }
  return objectsOf(list);
}

/** Whether the array has no named properties of its own. */
function hasOnlyElements(array: readonly unknown[]): boolean {
  // Keys come in an order: indices, `length`, other names, symbols.
  if (array.length <= KEYS_LISTED) return Reflect.ownKeys(array).at(-1) === 'length';
  // `inspect` asks V8 for the names that are no indices, for which Node has no call: 10 µs, however long the array is.
  return inspect(array, namesOnly) === `[ ... ${array.length} more items, [length]: ${array.length} ]`;
}

const namesOnly: InspectOptions = {
  maxArrayLength: 0,
  depth: 0,
  showHidden: true,
  customInspect: false,
  breakLength: Infinity,
};

function hasNoKeys(object: object, except?: string): boolean {
  const keys = Reflect.ownKeys(object);
  return keys.length === 0 || (except !== undefined && keys.length === 1 && keys[0] === except);
}

/** A String object has its characters as keys, and a length. */
function hasOnlyIndices(object: object): boolean {
  return Reflect.ownKeys(object).every((key) => typeof key === 'string' && (/^\d+$/.test(key) || key === 'length'));
}

/** A detached buffer has no contents to copy. */
export function isAttached(buffer: ArrayBuffer): boolean {
  if (buffer.byteLength > 0) return true;
  try {
    new Uint8Array(buffer);
    return true;
  } catch {
    return false;
  }
}

const viewPrototypes = new Set<unknown>([DataView.prototype]);

/** A typed array or DataView of the language itself; a Buffer or a subclass is not. */
export function isPlainView(object: object, prototype: unknown): boolean {
  if (!ArrayBuffer.isView(object)) return false;
  if (viewPrototypes.size === 1) {
    const typedArray: unknown = Object.getPrototypeOf(Int8Array);
    for (const name of Object.getOwnPropertyNames(globalThis)) {
      if (!name.endsWith('Array')) continue;
      const constructor: unknown = Object.getOwnPropertyDescriptor(globalThis, name)?.value;
      if (typeof constructor === 'function' && Object.getPrototypeOf(constructor) === typedArray) {
        viewPrototypes.add(constructor.prototype);
      }
    }
  }
  return viewPrototypes.has(prototype);
}
