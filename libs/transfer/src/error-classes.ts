import * as core from '@interleave/core';
import { RemoteTraceback } from './remote-traceback.js';

/** A class that builds errors. */
export type ErrorClass = abstract new (...args: never[]) => Error;

interface Tables {
  readonly byName: ReadonlyMap<string, ErrorClass>;
  readonly byPrototype: ReadonlyMap<unknown, string>;
}

let tables: Tables | undefined;

/**
 * The error class that both sides know by this name: one of the language or of Interleave.
 */
export function knownErrorClass(name: string): ErrorClass | undefined {
  return known().byName.get(name);
}

/** The name under which both sides know the class of this error; exactly this class, not a base of it. */
export function knownErrorName(error: Error): string | undefined {
  return known().byPrototype.get(Object.getPrototypeOf(error));
}

function known(): Tables {
  if (tables !== undefined) return tables;
  const byName = new Map<string, ErrorClass>(
    Object.entries({ Error, TypeError, RangeError, SyntaxError, EvalError, ReferenceError, URIError, AggregateError }),
  );
  const suppressed: unknown = (globalThis as { SuppressedError?: unknown }).SuppressedError;
  if (typeof suppressed === 'function') byName.set('SuppressedError', suppressed as ErrorClass);
  byName.set('RemoteTraceback', RemoteTraceback);
  for (const [name, value] of Object.entries(core) as [string, unknown][]) {
    if (typeof value === 'function' && value.prototype instanceof Error) byName.set(name, value as ErrorClass);
  }
  const byPrototype = new Map<unknown, string>();
  for (const [name, type] of byName) byPrototype.set(type.prototype, name);
  tables = { byName, byPrototype };
  return tables;
}
