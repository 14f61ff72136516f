import { ACCESSOR, FIXED, HIDDEN, READONLY, type PropertyEntry } from '../graph.js';
import type { GraphWriter } from './graph-writer.js';
import { into, messageOf, type Where } from './refusal.js';

/** Own properties, as exactly as `exact` asks. */
export function writeProperties(
  writer: GraphWriter,
  object: object,
  where: Where,
  exact: boolean,
  skip?: ReadonlySet<PropertyKey>,
): PropertyEntry[] {
  const props: PropertyEntry[] = [];
  for (const key of Reflect.ownKeys(object)) {
    if (skip?.has(key)) continue;
    const descriptor = Object.getOwnPropertyDescriptor(object, key);
    if (descriptor === undefined) continue;
    const entry = writeProperty(writer, object, key, descriptor, where, exact);
    if (entry !== undefined) props.push(entry);
  }
  return props;
}

/** One property; undefined for a hidden one that data does not carry. */
export function writeProperty(
  writer: GraphWriter,
  object: object,
  key: string | symbol,
  descriptor: PropertyDescriptor,
  where: Where,
  exact: boolean,
): PropertyEntry | undefined {
  const name = typeof key === 'symbol' ? writer.symbolKey(key) : key;
  const inside = into(where, key);
  const { get, set } = descriptor as { get?: unknown; set?: unknown };
  const isAccessor = get !== undefined || set !== undefined;
  const flags =
    (descriptor.enumerable ? 0 : HIDDEN) |
    (descriptor.configurable || !exact ? 0 : FIXED) |
    (descriptor.writable || isAccessor || !exact ? 0 : READONLY);
  if (!isAccessor) return [name, flags, writer.entry(descriptor.value, inside, exact)];
  if (exact) {
    return [name, flags | ACCESSOR, writer.entry(get, inside, true), writer.entry(set, inside, true)];
  }
  // Data has values, not getters; structured clone reads them too.
  let value: unknown;
  try {
    value = descriptor.get?.call(object);
  } catch (error) {
    throw writer.refuse(inside, `could not be read: its getter failed: ${messageOf(error)}`, error);
  }
  return [name, flags, writer.entry(value, inside, false)];
}
