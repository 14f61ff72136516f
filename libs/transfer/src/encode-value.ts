import { SerializationError } from '@interleave/core';
import { FLAT, writeFlat } from './capture/flat-writer.js';
import { GraphWriter } from './capture/graph-writer.js';
import { isSimpleData } from './capture/simple-data.js';
import type { Ground } from './ground.js';

/** Options of {@link encodeValue}. */
export interface EncodeOptions {
  /** Where the value goes. */
  readonly ground: Ground;
  /** Root of the path in error messages; default `value`. */
  readonly name?: string;
  /** What messages call it, as in `Cannot send <subject>: ...`; default `name` itself. */
  readonly subject?: string;
  /**
   * Objects in the value that move instead of being copied: the transfer list of `postMessage`, which has to be given
   * there too. Threads only, except for an `ArrayBuffer`, which a process gets as a copy.
   */
  readonly transfer?: readonly object[];
  /** Receives objects that the value's classes want to be moved as well; append them to the transfer list. */
  readonly moved?: object[];
  /**
   * The value answers somebody whose task runs here: functions and classes that came from there go back as what they
   * were, so that the receiver gets instances of its own classes.
   */
  readonly reply?: boolean;
}

/** Marks what {@link encodeValue} made of a value that is no primitive; see also {@link FLAT}. @internal */
export const PLAIN = 0;
const GRAPH = 1;

/**
 * Makes a value ready to be sent with structured clone (`postMessage`, the pipes of a process of `workers`, or `send` of a
 * forked one with `serialization: 'advanced'`), so that nothing about it is lost on the way.
 *
 * Primitives are returned as they are, at next to no cost. Small plain data becomes one flat list, which structured clone
 * carries in a quarter of the time; of that no change is seen after this call. Anything else that structured clone carries
 * unchanged is passed through in a list of two; only the rest is taken apart: errors, instances of classes, functions, registered classes. Data follows
 * the rules of structured clone: getters are read, frozen objects arrive unfrozen. Symbols, Promises, Proxies, weak
 * collections, sockets and the like are refused.
 *
 * @returns what to send; give it to `decodeValue` on the other side
 * @throws {SerializationError} if something in the value cannot travel; `path` leads to it
 *
 * @example
 * ```ts
 * port.postMessage(encodeValue([new RangeError('too far')], { ground: 'thread', name: 'arguments' }));
 * ```
 */
export function encodeValue(value: unknown, options: EncodeOptions): unknown {
  const { transfer } = options;
  if (typeof value !== 'object' || value === null) {
    if (typeof value !== 'function' && typeof value !== 'symbol') return value;
    if (transfer !== undefined) checkTransfer(transfer, options);
  } else {
    if (transfer !== undefined) checkTransfer(transfer, options);
    const simple = asSimple(value, transfer === undefined);
    if (simple !== undefined) return simple;
  }
  const { name = 'value', subject = name, ...rest } = options;
  const writer = new GraphWriter({ ...rest, name, subject, exact: false });
  try {
    const graph = writer.write(value);
    if (graph.nodes.length === 0 && typeof graph.root !== 'number') return [PLAIN, graph.root[0]];
    return [GRAPH, graph];
  } catch (error) {
    if (error instanceof SerializationError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new SerializationError(`Cannot send ${subject}: ${name} could not be read: ${reason}`, {
      path: name,
      cause: error,
    });
  }
}

/**
 * Whether what {@link encodeValue} made shares no object with anything: several such can go in one message, and none of
 * them will have an object in common with another one.
 *
 * @param encoded - what `encodeValue` returned
 *
 * @example
 * ```ts
 * standsAlone(encodeValue({ id: 1 }, { ground: 'thread' })); // true
 * ```
 */
export function standsAlone(encoded: unknown): boolean {
  return typeof encoded !== 'object' || encoded === null || (encoded as readonly unknown[])[0] === FLAT;
}

/** The quick ways for plain data. A getter that throws is reported by the writer, with its path. */
function asSimple(value: object, mayBeFlat: boolean): unknown {
  try {
    return (mayBeFlat ? writeFlat(value) : undefined) ?? (isSimpleData(value) ? [PLAIN, value] : undefined);
  } catch {
    return undefined;
  }
}

function checkTransfer(transfer: readonly object[], options: EncodeOptions): void {
  const seen = transfer.length > 1 ? new Set<object>() : undefined;
  for (let at = 0; at < transfer.length; at += 1) {
    const reason = whyItStays(transfer[at], options.ground, seen);
    if (reason === undefined) continue;
    const { name = 'value', subject = name } = options;
    const path = `transfer[${at}]`;
    throw new SerializationError(`Cannot send ${subject}: ${path} ${reason}`, { path });
  }
}

function whyItStays(object: unknown, ground: Ground, seen: Set<object> | undefined): string | undefined {
  if (typeof object !== 'object' || object === null) {
    return `is ${object === null ? 'null' : typeof object}; list objects only`;
  }
  if (seen?.has(object) === true) return 'is listed twice; list each object once';
  seen?.add(object);
  if (ArrayBuffer.isView(object)) return 'is a view, which cannot be moved; list its buffer';
  if (ground === 'process' && !(object instanceof ArrayBuffer)) {
    return `is a ${object.constructor.name}, which cannot move to another process; use threads for it`;
  }
  if (object instanceof ArrayBuffer && isDetached(object))
    return 'has been transferred before; list a buffer that is here';
  return undefined;
}

function isDetached(buffer: ArrayBuffer): boolean {
  if (buffer.byteLength > 0) return false;
  try {
    new Uint8Array(buffer);
    return false;
  } catch {
    return true;
  }
}
