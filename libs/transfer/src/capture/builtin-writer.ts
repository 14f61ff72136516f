import { types } from 'node:util';
import type { BuiltinBase, GraphNode } from '../graph.js';
import type { GraphWriter } from './graph-writer.js';
import { isBuiltinClass } from './known-values.js';
import { isAttached } from './plain-data.js';
import { cannotTravel, type Where } from './refusal.js';

/** Builtins with inner slots, each with the way to make it again. */
export function writeBuiltin(writer: GraphWriter, value: object, where: Where): GraphNode | undefined {
  const { ground } = writer.options;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (value instanceof URL && prototype === URL.prototype) return { t: 'new', path: ['URL'], args: [[value.href]] };
  if (prototype === URLSearchParams.prototype) {
    return { t: 'new', path: ['URLSearchParams'], args: [[(value as URLSearchParams).toString()]] };
  }
  if (prototype === TextEncoder.prototype) return { t: 'new', path: ['TextEncoder'], args: [] };
  if (prototype === TextDecoder.prototype) {
    const { encoding, fatal, ignoreBOM } = value as InstanceType<typeof TextDecoder>;
    return { t: 'new', path: ['TextDecoder'], args: [[encoding], [{ fatal, ignoreBOM }]] };
  }
  if (prototype === Buffer.prototype) {
    // Only its own bytes: a small Buffer is a view of a pool that others use too.
    return {
      t: 'object',
      base: 'Uint8Array',
      inner: [Uint8Array.from(value as Buffer)],
      type: writer.entry(Buffer, where, true),
      props: [],
    };
  }
  const intl = intlNode(value);
  if (intl !== undefined) return intl;
  if (types.isSharedArrayBuffer(value) && ground === 'process') throw writer.refuse(where, cannotTravel(value));
  if (types.isArrayBuffer(value) && !isAttached(value)) {
    throw writer.refuse(where, 'is a detached ArrayBuffer: it has been transferred before; pass a copy');
  }
  if (ArrayBuffer.isView(value) && !(value instanceof Uint8Array && prototype !== Uint8Array.prototype)) {
    if (types.isSharedArrayBuffer(value.buffer) && ground === 'process')
      throw writer.refuse(where, cannotTravel(value.buffer));
    if (isBuiltinPrototype(prototype)) {
      if (types.isArrayBuffer(value.buffer) && !isAttached(value.buffer)) {
        throw writer.refuse(where, 'is a view of a detached ArrayBuffer: it has been transferred before; pass a copy');
      }
      return { t: 'raw', value };
    }
  }
  const constructor: unknown = isBuiltinPrototype(prototype) && (prototype as { constructor: unknown }).constructor;
  const base = baseOf(value);
  if (base === undefined && typeof constructor === 'function' && constructor !== Object) {
    // The rest of Node's classes: what structured clone keeps whole may go to a thread.
    if (ground === 'thread' && survivesClone(value, prototype)) return { t: 'raw', value };
    if (!copyable.has(constructor.name)) throw writer.refuse(where, cannotTravel(value));
  }
  return undefined;
}

/** Classes of Node that are nothing but their fields. */
const copyable = new Set(['EventEmitter']);

function isBuiltinPrototype(prototype: unknown): boolean {
  if (typeof prototype !== 'object' || prototype === null) return false;
  const constructor: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  return typeof constructor === 'function' && constructor.prototype === prototype && isBuiltinClass(constructor);
}

function survivesClone(value: object, prototype: unknown): boolean {
  try {
    return Object.getPrototypeOf(structuredClone(value)) === prototype;
  } catch {
    return false;
  }
}

function intlNode(value: object): GraphNode | undefined {
  const tag: unknown = (value as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag];
  if (typeof tag !== 'string' || !tag.startsWith('Intl.')) return undefined;
  const name = tag.slice('Intl.'.length);
  const type: unknown = (Intl as unknown as Record<string, unknown>)[name];
  if (typeof type !== 'function' || Object.getPrototypeOf(value) !== type.prototype) return undefined;
  const { locale, ...rest } = (value as Intl.NumberFormat).resolvedOptions();
  return { t: 'new', path: ['Intl', name], args: [[locale], [rest]] };
}

/** The builtin that an object is made of, whatever its class. */
export function baseOf(value: object): BuiltinBase | undefined {
  if (Array.isArray(value)) return 'Array';
  if (types.isMap(value)) return 'Map';
  if (types.isSet(value)) return 'Set';
  if (types.isDate(value)) return 'Date';
  if (types.isRegExp(value)) return 'RegExp';
  if (types.isUint8Array(value)) return 'Uint8Array';
  return undefined;
}
