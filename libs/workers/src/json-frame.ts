import { types } from 'node:util';

/** How many objects are looked at; what has more goes by structured clone, which looks at them in C++. */
const MOST = 1_024;
/** The longest list inside of a message. */
const LONG = 1_024;
/** What the text holds, if it is no list as it was. */
type Written =
  unknown[] | { readonly object: object } | { readonly list: unknown[]; readonly holes: readonly number[] };
/** The longest string; a longer one is copied as a whole by structured clone. */
const LONGEST = 16_384;

/**
 * A list or a plain object as JSON, if that gives back the very same: no NaN, no infinity, no -0, no bigint, no classes, and no
 * object that is there twice. For `undefined` among the entries of the list itself there is a null, and its places are noted.
 *
 * @internal
 * @param ownLists - whether entries that are lists were made for it: nobody gave them named members, or a Proxy in their place
 * @returns `undefined` if it is no such list or object
 */
export function toText(message: object, ownLists: boolean): string | undefined {
  const met = new Met();
  if (!Array.isArray(message)) return survivesInside(message, met) ? JSON.stringify({ object: message }) : undefined;
  const list: readonly unknown[] = message;
  let holes: number[] | undefined;
  for (let at = 0; at < list.length; at++) {
    const value = list[at];
    if (value === undefined) (holes ??= []).push(at);
    else if (ownLists && Array.isArray(value) ? !survivesAll(value, met) : !survives(value, met)) return undefined;
  }
  return JSON.stringify(holes === undefined ? list : { list, holes });
}

/** What {@link toText} has written. @internal */
export function fromText(text: string): object {
  const written = JSON.parse(text) as Written;
  if (Array.isArray(written)) return written;
  if ('object' in written) return written.object;
  const { list, holes } = written;
  for (const at of holes) list[at] = undefined;
  return list;
}

function survives(value: unknown, met: Met): boolean {
  switch (typeof value) {
    case 'boolean':
      return true;
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0);
    case 'string':
      return value.length <= LONGEST;
    case 'object':
      return value === null || survivesInside(value, met);
    default:
      return false;
  }
}

function survivesAll(list: readonly unknown[], met: Met): boolean {
  if (list.length > LONG) return false;
  for (let at = 0; at < list.length; at++) if (!survives(list[at], met)) return false;
  return true;
}

function survivesInside(value: object, met: Met): boolean {
  if (!met.isNew(value) || types.isProxy(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Array.prototype) {
    const list = value as readonly unknown[];
    // Named members would be lost.
    return list.length <= LONG && Object.keys(list).length === list.length && survivesAll(list, met);
  }
  if (prototype !== Object.prototype) return false;
  for (const key of Object.keys(value)) if (!survives((value as Record<string, unknown>)[key], met)) return false;
  return true;
}

/** The objects that were met. Most messages have none; a set is made for the first. */
class Met {
  #objects: Set<object> | undefined;

  /** Takes it in. @returns false if it is here, or there are too many */
  isNew(object: object): boolean {
    this.#objects ??= new Set();
    const { size } = this.#objects;
    return size < MOST && size !== this.#objects.add(object).size;
  }
}
