import { types } from 'node:util';
import type { Closed, Entry, GraphNode, ObjectNode, PropertyEntry } from '../graph.js';
import {
  fromTransfer,
  registeredFunctions,
  registrationOf,
  toTransfer,
  type TransferContext,
  type Transferable,
} from '../register-transfer.js';
import { baseOf, writeBuiltin } from './builtin-writer.js';
import { classOf } from './class-of.js';
import { isError, writeError } from './error-writer.js';
import type { GraphWriter } from './graph-writer.js';
import { knownPlace } from './known-values.js';
import { rememberNamespace } from './module-references.js';
import { writeProperties } from './property-writer.js';
import { at, cannotTravel, describe, into, messageOf, type Where } from './refusal.js';

/** Writes the node of an object that is not plain data. */
export function writeObject(writer: GraphWriter, value: object, where: Where, exact: boolean): GraphNode {
  if (types.isProxy(value)) throw writer.refuse(where, cannotTravel(value));
  if (types.isModuleNamespaceObject(value)) return writeNamespace(writer, value, where);
  return (
    writeByProtocol(writer, value, where, exact) ??
    (isError(value) ? writeError(writer, value, where) : undefined) ??
    writeBuiltin(writer, value, where) ??
    writeInstance(writer, value, where, exact)
  );
}

/** A class that says itself how it travels, or for which somebody said it. */
function writeByProtocol(writer: GraphWriter, value: object, where: Where, exact: boolean): GraphNode | undefined {
  const context: TransferContext = {
    ground: writer.options.ground,
    move: (object) => {
      writer.move(object, where);
      return object;
    },
  };
  const registration = registrationOf(value);
  if (registration !== undefined) {
    const encoded = guarded(writer, where, `its encode failed`, () => registration.encode(value, context));
    const functions = registeredFunctions(registration);
    return {
      t: 'registered',
      name: registration.name,
      value: writer.entry(encoded, where, exact),
      // The receiver may never have heard of the class: then these make it known there.
      ...(functions && !writer.options.refuseFunctions
        ? registrationEntries(writer, registration.type, functions, where)
        : {}),
    };
  }
  if (typeof (value as Partial<Transferable>)[toTransfer] === 'function') {
    const type = (value as { constructor: unknown }).constructor as { [fromTransfer]?: unknown } | undefined;
    if (typeof type !== 'function' || typeof type[fromTransfer] !== 'function') {
      throw writer.refuse(where, `is ${describe(value)}, whose class has no static [fromTransfer]; add one`);
    }
    const encoded = guarded(writer, where, 'its [toTransfer] failed', () =>
      (value as Transferable)[toTransfer](context),
    );
    return { t: 'handle', type: writer.entry(type, where, true), value: writer.entry(encoded, where, exact) };
  }
  return undefined;
}

function registrationEntries(
  writer: GraphWriter,
  type: object,
  functions: { encode: unknown; decode: unknown },
  where: Where,
): { type?: Entry; encode?: Entry; decode?: Entry } {
  return (
    writer.attempt(() => ({
      type: writer.entry(type, where, true),
      encode: writer.entry(functions.encode, into(where, 'encode'), true),
      decode: writer.entry(functions.decode, into(where, 'decode'), true),
    })) ?? {}
  );
}

function guarded<T>(writer: GraphWriter, where: Where, what: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    throw writer.refuse(where, `could not be taken apart: ${what}: ${messageOf(error)}`, error);
  }
}

/** An object with a class of the program, a container of things that are not plain, or a plain object. */
function writeInstance(writer: GraphWriter, value: object, where: Where, exact: boolean): ObjectNode {
  if (hasHiddenState(value)) throw writer.refuse(where, cannotTravel(value));
  const base = baseOf(value) ?? 'Object';
  const type = classOf(writer, value, base, where);
  const skip = new Set<PropertyKey>();
  let items: Entry[] | undefined;
  let sparse: ObjectNode['sparse'];
  let inner: unknown[] | undefined;
  if (base === 'Array') {
    const array = value as unknown[];
    const indices = Object.keys(array).filter((key) => /^(0|[1-9]\d*)$/.test(key) && Number(key) < 2 ** 32 - 1);
    for (const key of indices) skip.add(key);
    skip.add('length');
    items = indices.map((key) => writer.entry(array[Number(key)], at(where, Number(key)), exact));
    if (indices.length !== array.length) sparse = { length: array.length, indices: indices.map(Number) };
  } else if (base === 'Map') {
    items = [];
    for (const [key, member] of Map.prototype.entries.call(value) as Iterable<[unknown, unknown]>) {
      const step = typeof key === 'string' || typeof key === 'number' ? `.get(${JSON.stringify(key)})` : '.values()';
      items.push(
        writer.entry(key, { parent: where, step: '.keys()' }, exact),
        writer.entry(member, { parent: where, step }, exact),
      );
    }
  } else if (base === 'Set') {
    items = [...(Set.prototype.values.call(value) as Iterable<unknown>)].map((member) =>
      writer.entry(member, { parent: where, step: '.values()' }, exact),
    );
  } else if (base === 'Date') {
    inner = [Date.prototype.getTime.call(value)];
  } else if (base === 'RegExp') {
    const { source, flags, lastIndex } = value as RegExp;
    inner = [source, flags, lastIndex];
    skip.add('lastIndex');
  } else if (base === 'Uint8Array') {
    inner = [Uint8Array.from(value as Uint8Array)];
    for (const key of Object.keys(value)) if (/^\d+$/.test(key)) skip.add(key);
  }
  return {
    t: 'object',
    base,
    ...(type === undefined ? {} : { type }),
    ...(items ? { items } : {}),
    ...(sparse ? { sparse } : {}),
    ...(inner ? { inner } : {}),
    props: writeProperties(writer, value, where, exact, skip),
    ...(exact ? closedness(value) : {}),
  };
}

/** Things with a state inside that is neither fields nor one of the known containers. */
function hasHiddenState(value: object): boolean {
  return (
    types.isPromise(value) ||
    types.isWeakMap(value) ||
    types.isWeakSet(value) ||
    types.isGeneratorObject(value) ||
    types.isMapIterator(value) ||
    types.isSetIterator(value) ||
    types.isExternal(value) ||
    types.isBoxedPrimitive(value) ||
    types.isArgumentsObject(value) ||
    value instanceof WeakRef
  );
}

function closedness(value: object): { closed?: Closed } {
  if (Object.isExtensible(value)) return {};
  return { closed: Object.isFrozen(value) ? 3 : Object.isSealed(value) ? 2 : 1 };
}

/** An ES module's namespace whose address is not known: its members, one by one. */
function writeNamespace(writer: GraphWriter, namespace: object, where: Where): GraphNode {
  const builtin: unknown = (namespace as { default?: unknown }).default;
  const place =
    (typeof builtin === 'object' || typeof builtin === 'function') && builtin !== null
      ? knownPlace(builtin)
      : undefined;
  if (place?.module !== undefined && place.path.length === 0) {
    rememberNamespace(namespace, { url: place.module, path: [] });
    return { t: 'module', url: place.module, path: [] };
  }
  const props: PropertyEntry[] = [];
  for (const key of Object.keys(namespace)) {
    let value: unknown;
    try {
      value = (namespace as Record<string, unknown>)[key];
    } catch (error) {
      throw writer.refuse(into(where, key), `is not initialised yet; submit the task after its module has run`, error);
    }
    props.push([key, 0, writer.entry(value, into(where, key), true)]);
  }
  return { t: 'object', base: 'Object', type: null, props };
}
