import { types } from 'node:util';
import { PLAIN } from './encode-value.js';

/** From how many bytes on a copy that moves costs less than structured clone. */
const LARGE = 1 << 18;
/** How many values beside the memory are looked at. */
const FEW = 16;

/** The name of a typed array's class, whatever its prototype says. */
const nameOf = (view: ArrayBufferView): string | undefined =>
  Reflect.get(typedArray, Symbol.toStringTag, view) as never;
const typedArray = Object.getPrototypeOf(Uint8Array.prototype) as object;

/** What {@link copyLarge} gives. */
export interface LargeCopy {
  /** To be sent instead. */
  readonly encoded: unknown;
  /** To be moved with it: nobody else has it. */
  readonly memory: ArrayBuffer;
}

type View = ArrayBufferView<ArrayBuffer>;
type ViewClass = new (memory: ArrayBuffer, offset: number, length: number) => View;

/**
 * Copies the memory of a large typed array, so that it can move to a thread. Structured clone copies it twice, into the message
 * and out of it; like this it is once. To be called when the message is about to be sent, in place of what `encodeValue` made.
 *
 * The receiver sees no difference, nor does the sender: a view keeps its place in its memory. Only a value that is such an array
 * or `ArrayBuffer`, or a short list of one and primitives, is copied: what else there is might share memory with it.
 *
 * @param encoded - what `encodeValue` returned
 * @returns `undefined` if there is nothing large in it, or too much else
 *
 * @example
 * ```ts
 * const encoded = encodeValue(new Uint8Array(1 << 20), { ground: 'thread' });
 * const large = copyLarge(encoded);
 * if (large === undefined) port.postMessage(encoded);
 * else port.postMessage(large.encoded, [large.memory]);
 * ```
 */
export function copyLarge(encoded: unknown): LargeCopy | undefined {
  if (!Array.isArray(encoded) || encoded[0] !== PLAIN) return undefined;
  const data: unknown = encoded[1];
  if (!Array.isArray(data)) {
    const copied = copyOf(data);
    return copied && { encoded: [PLAIN, copied.value], memory: copied.memory };
  }
  if (data.length > FEW) return undefined;
  const objects = data.filter(isObject);
  // With a second object there may be a second way to the same memory.
  const copied = objects.length === 1 ? copyOf(objects[0]) : undefined;
  if (copied === undefined) return undefined;
  const list = data.map((each: unknown) => (isObject(each) ? copied.value : each));
  return { encoded: [PLAIN, list], memory: copied.memory };
}

function copyOf(value: unknown): { readonly value: object; readonly memory: ArrayBuffer } | undefined {
  if (types.isArrayBuffer(value)) {
    const memory = copyMemory(value);
    return memory && { value: memory, memory };
  }
  if (!ArrayBuffer.isView(value) || !types.isArrayBuffer(value.buffer)) return undefined;
  const memory = copyMemory(value.buffer);
  if (memory === undefined) return undefined;
  const { length = value.byteLength } = value as { readonly length?: number };
  return { value: new (classOf(value))(memory, value.byteOffset, length), memory };
}

/** The class that structured clone would make of it: a Buffer is a Uint8Array, and so is what somebody derived from it. */
function classOf(view: ArrayBufferView): ViewClass {
  const name = nameOf(view) ?? 'DataView';
  return (globalThis as unknown as Record<string, ViewClass>)[name] as ViewClass;
}

function copyMemory(memory: ArrayBuffer): ArrayBuffer | undefined {
  // One that can grow would be of a fixed size afterwards.
  const { resizable = false } = memory as { readonly resizable?: boolean };
  if (memory.byteLength < LARGE || resizable) return undefined;
  try {
    // As `memory.slice(0)`, which fills what it allocates with zeros first: a sixth of the time.
    const copy = Buffer.allocUnsafeSlow(memory.byteLength);
    copy.set(new Uint8Array(memory));
    return copy.buffer;
  } catch {
    return undefined; // no room; whoever sends it as it is will be told
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
