import { inspect, types } from 'node:util';
import { HIDDEN, type Entry, type ErrorNode, type PropertyEntry } from '../graph.js';
import { knownErrorName } from '../error-classes.js';
import type { GraphWriter } from './graph-writer.js';
import { at, describe, into, type Where } from './refusal.js';

/** Whether it is an error object, also one of another realm. */
export function isError(value: unknown): value is Error {
  return types.isNativeError(value) || value instanceof Error;
}

/** Fields of an error that have a place of their own in its node. */
const errorFields = new Set<PropertyKey>(['name', 'message', 'stack', 'cause', 'errors']);

/** An error. In errors a field that cannot travel costs that field and nothing else. */
export function writeError(writer: GraphWriter, error: Error, where: Where): ErrorNode {
  const text = (key: 'name' | 'message' | 'stack'): string | undefined => {
    try {
      const value: unknown = error[key];
      if (typeof value === 'string') return value;
      return value === undefined || value === null ? undefined : inspect(value, { depth: 0 });
    } catch {
      return undefined;
    }
  };
  const lossy = (key: string | symbol): Entry | undefined => {
    const descriptor = Object.getOwnPropertyDescriptor(error, key);
    if (descriptor === undefined) return undefined;
    return writer.attempt(() =>
      writer.entry('value' in descriptor ? descriptor.value : descriptor.get?.call(error), into(where, key), false),
    );
  };
  const props: PropertyEntry[] = [];
  for (const key of Reflect.ownKeys(error)) {
    const descriptor = Object.getOwnPropertyDescriptor(error, key);
    if (errorFields.has(key) || descriptor === undefined) continue;
    const value = lossy(key);
    if (value === undefined) continue;
    const name = typeof key === 'symbol' ? writer.symbolKey(key) : key;
    props.push([name, descriptor.enumerable ? 0 : HIDDEN, value]);
  }
  const known = knownErrorName(error);
  const cause = Object.hasOwn(error, 'cause') ? lossy('cause') : undefined;
  const errors = Array.isArray((error as { errors?: unknown }).errors) ? lossyList(writer, error, where) : undefined;
  const type = known === undefined && !isDomException(error) ? classEntry(writer, error, where) : undefined;
  return {
    t: 'error',
    known: known ?? (isDomException(error) ? 'DOMException' : baseName(error)),
    ...(type === undefined ? {} : { type }),
    name: text('name') ?? 'Error',
    message: text('message') ?? '',
    stack: text('stack'),
    ...(cause === undefined ? {} : { cause }),
    ...(errors === undefined ? {} : { errors }),
    props,
  };
}

/** The members of an AggregateError; one that cannot travel becomes a text. */
function lossyList(writer: GraphWriter, error: Error, where: Where): Entry {
  const { errors } = error as unknown as { errors: unknown[] };
  const items = errors.map(
    (member, i): Entry =>
      writer.attempt(() => writer.entry(member, at(into(where, 'errors'), i), false)) ?? [describe(member)],
  );
  return writer.add({ t: 'object', base: 'Array', items, props: [] });
}

/** A class of the program itself, if it can go along; errors that report a failure do not capture one. */
function classEntry(writer: GraphWriter, error: Error, where: Where): Entry | undefined {
  const prototype = Object.getPrototypeOf(error) as object;
  const type: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  if (typeof type !== 'function' || type.prototype !== prototype) return undefined;
  return writer.attempt(() => writer.entry(type, into(where, 'constructor'), true));
}

/** AggregateError or Error: what an error of an unknown class is made of when the class is missing over there. */
function baseName(error: Error): string {
  for (
    let p = Object.getPrototypeOf(error) as object | null;
    p !== null;
    p = Object.getPrototypeOf(p) as object | null
  ) {
    if (p === AggregateError.prototype) return 'AggregateError';
  }
  return 'Error';
}

function isDomException(error: object): boolean {
  return Object.prototype.toString.call(error) === '[object DOMException]';
}
