import { types } from 'node:util';
import { isPlainView } from './plain-data.js';

/** Objects looked at before the thorough look takes over; it also knows cycles. */
const BUDGET = 5000;
const DEPTH = 32;

let left = 0;

/**
 * Whether the value is surely data that structured clone carries unchanged: plain objects, arrays and primitives, not
 * too many and not too deep. A quick look for the bulk of arguments and results; `false` only means that a thorough one
 * is needed.
 */
export function isSimpleData(value: unknown): boolean {
  left = BUDGET;
  return isSimple(value, DEPTH);
}

function isSimple(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return typeof value !== 'function' && typeof value !== 'symbol';
  left -= 1;
  // A Proxy may look like anything, and structured clone refuses it.
  if (depth === 0 || left < 0 || types.isProxy(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype) {
    const keys = Object.keys(value);
    // `Math`, `JSON` and other objects with nothing but hidden members are no data.
    if (keys.length === 0 && Object.getOwnPropertyNames(value).length > 0) return false;
    if (Object.getOwnPropertySymbols(value).length > 0) return false;
    for (const key of keys) if (!isSimple((value as Record<string, unknown>)[key], depth - 1)) return false;
    return true;
  }
  if (prototype !== Array.prototype) {
    if (prototype === ArrayBuffer.prototype) return types.isArrayBuffer(value) && value.byteLength > 0 && isBare(value);
    // A view that is empty may have lost its buffer.
    if (!ArrayBuffer.isView(value) || value.byteLength === 0) return false;
    return isPlainView(value, prototype) && types.isArrayBuffer(value.buffer);
  }
  const list = value as readonly unknown[];
  const { length } = list;
  if (length > BUDGET) return false;
  const keys = Object.keys(list);
  // Indices come first: with an empty place and a name, there are as many keys.
  if (keys.length !== length || (length > 0 && keys[length - 1] !== String(length - 1))) return false;
  for (let i = 0; i < length; i += 1) if (!isSimple(list[i], depth - 1)) return false;
  return true;
}

/** Whether it has no members of its own, which would be lost. */
function isBare(value: object): boolean {
  return Reflect.ownKeys(value).length === 0;
}
