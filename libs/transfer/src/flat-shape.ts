/**
 * What objects of flat data have in common: their keys, in order, and at which of them there is an object again.
 *
 * Data comes in rows. A shape is found by its keys in a table, so that an object on its way is a number and its values;
 * its keys are written once in each list. Its text holds all of it, and stands for it in the list that names it first.
 */
export interface FlatShape {
  readonly keys: readonly string[];
  /** A bit for each key, from the lowest: whether its value is an object. */
  readonly objects: number;
  /** How many values are primitives. */
  readonly primitives: number;
  /** JSON: the bits, then the keys. */
  readonly text: string;
}

/** The most keys of a shape, for as many bits. */
export const MOST_KEYS = 30;
/** How many shapes are kept. A program whose objects are tables with ever new keys must not fill memory. */
const MOST = 512;
/** How many shapes are kept that begin with the same key. */
const ALIKE = 8;

const byFirstKey = new Map<string | undefined, FlatShape[]>();
let known = 0;
const byText = new Map<string, FlatShape>();

/**
 * The shape of an object.
 *
 * @internal
 * @param objects - as in {@link FlatShape}
 * @returns `undefined` if it has too many keys, or one that `Object.prototype` has as well
 */
export function shapeOf(keys: readonly string[], objects: number): FlatShape | undefined {
  let alike = byFirstKey.get(keys[0]);
  if (alike !== undefined) {
    for (const shape of alike) if (shape.objects === objects && areSame(shape.keys, keys)) return shape;
  }
  const shape = makeShape(keys, objects);
  if (shape === undefined) return undefined;
  if (known === MOST) {
    byFirstKey.clear();
    known = 0;
    alike = undefined;
  }
  if (alike === undefined) byFirstKey.set(keys[0], (alike = []));
  if (alike.length === ALIKE) known -= alike.splice(0).length;
  alike.push(shape);
  known += 1;
  return shape;
}

/**
 * The shape with this text.
 *
 * @internal
 * @returns `undefined` if it is the text of none
 */
export function shapeFrom(text: string): FlatShape | undefined {
  const met = byText.get(text);
  if (met !== undefined) return met;
  const shape = parse(text);
  if (shape === undefined) return undefined;
  if (byText.size === MOST) byText.clear();
  byText.set(text, shape);
  return shape;
}

/** How many of the lowest bits are set. @internal */
export function countBits(bits: number): number {
  let count = 0;
  for (let left = bits; left !== 0; left &= left - 1) count += 1;
  return count;
}

function makeShape(keys: readonly string[], objects: number): FlatShape | undefined {
  if (keys.length > MOST_KEYS || !keys.every(isOwnKey)) return undefined;
  return { keys, objects, primitives: keys.length - countBits(objects), text: JSON.stringify([objects, ...keys]) };
}

function parse(text: string): FlatShape | undefined {
  try {
    const [objects, ...keys] = JSON.parse(text) as unknown[];
    if (!Number.isInteger(objects) || (objects as number) >> keys.length !== 0) return undefined;
    return makeShape(keys as string[], objects as number);
  } catch {
    return undefined;
  }
}

function areSame(some: readonly string[], others: readonly string[]): boolean {
  if (some.length !== others.length) return false;
  for (let at = 0; at < some.length; at += 1) if (some[at] !== others[at]) return false;
  return true;
}

/** Assigning to `__proto__` and the like does something else than to make a member of that name, or is forbidden. */
function isOwnKey(key: unknown): key is string {
  return typeof key === 'string' && !(key in Object.prototype);
}
