import { SerializationError } from '@interleave/core';
import { adopt, identified } from '../identities.js';
import type { SymbolNode } from '../graph.js';

export function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** The symbol that the node describes: the registered one, or the same one each time. */
export function symbolOf({ key, id, description }: SymbolNode): symbol {
  if (key !== undefined) return Symbol.for(key);
  const known = id === undefined ? undefined : identified(id);
  if (typeof known === 'symbol') return known;
  const symbol = Symbol(description);
  if (id !== undefined) adopt(id, symbol);
  return symbol;
}

/** The member at the end of the path. */
export function dig(owner: unknown, path: readonly string[], where: string, subject: string): unknown {
  let value = owner;
  for (const name of path) {
    if (!isObject(value) || !(name in value)) {
      throw new SerializationError(`Cannot rebuild ${subject}: ${where} has no "${path.join('.')}" here`);
    }
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}
