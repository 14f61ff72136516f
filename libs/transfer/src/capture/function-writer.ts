/**
 * Writes functions and classes: text, captured variables, own properties.
 *
 * Text and variables are put together only when the whole graph is known ({@link FunctionWriter.finish}), because a
 * variable that one function assigns and another one reads has to become one variable on the other side too.
 */
import { isStandardGlobal } from './known-values.js';
import type { Entry, FunctionNode, GraphNode, ModuleNode, PropertyEntry } from '../graph.js';
import { identify } from '../identities.js';
import { explicitCaptures } from './explicit-captures.js';
import { functionShape, type FunctionShape, type OuterUse } from './function-shape.js';
import type { GraphWriter } from './graph-writer.js';
import { functionFacts, readVariable, scriptUrl, type FunctionFacts } from './inspector.js';
import {
  esModulePlace,
  importableAddress,
  importBindings,
  rememberPlace,
  requiredPlace,
  type ImportBinding,
  type Script,
} from './module-references.js';
import { loader, loadName, metaName, metaProps } from './vite-names.js';
import { writeProperties, writeProperty } from './property-writer.js';
import { isInDeadZone } from './dead-zone.js';
import { describe, functionName, into, type Where } from './refusal.js';
import { isMemberBag, MemberBags } from './member-bags.js';
import { joinText, SharedVariables, type CapturedVariable } from './shared-variables.js';
import { dirname, join } from 'node:path';
import { types } from 'node:util';

type AnyFunction = (...args: never[]) => unknown;

/** A function whose text is put together at the end. */
interface Pending {
  readonly index: number;
  readonly shape: FunctionShape;
  readonly variables: readonly CapturedVariable[];
  readonly superclass: Entry | undefined;
  readonly node: Omit<FunctionNode, 'text' | 'slots' | 'meta' | 'load'>;
  /** The inner name has to go, because the name means something else outside. */
  readonly withoutName: boolean;
}

const outerReasons: Record<OuterUse, string> = {
  this: 'uses the surrounding `this`; copy what it needs into a variable',
  super: 'is a method that uses `super`; pass its object or class',
  arguments: 'uses the surrounding `arguments`; copy what it needs into a variable',
  eval: 'calls eval, whose names cannot be found; write (0, eval)(text), or name what it needs with task({ ... }, fn)',
};

/** Functions whose free names are globals and imports: their capture changes only with their own properties. */
const selfContained = new WeakSet<object>();
/** Exports of modules, which go by their address: their capture never changes. */
const addressed = new WeakSet<object>();

/** Whether the function takes nothing along that could change, so that a capture of it is valid for good. */
export function isSelfContained(fn: object): boolean {
  // Asked at every submit: a loop, and no descriptors.
  if (addressed.has(fn)) return true;
  if (!selfContained.has(fn)) return false;
  for (const key of Reflect.ownKeys(fn)) if (!ownAlways.has(key)) return false;
  const { prototype } = fn as { readonly prototype?: unknown };
  // A generator's prototype is empty, a plain function's has its constructor.
  return typeof prototype !== 'object' || prototype === null || Reflect.ownKeys(prototype).length <= 1;
}

export class FunctionWriter {
  readonly #writer: GraphWriter;
  readonly #pending: Pending[] = [];
  readonly #bags: MemberBags;

  constructor(writer: GraphWriter) {
    this.#writer = writer;
    this.#bags = new MemberBags(writer);
  }

  /** The node of a function, or a stand-in that {@link finish} replaces. */
  write(fn: AnyFunction, index: number, where: Where): GraphNode {
    const writer = this.#writer;
    if (types.isProxy(fn)) throw writer.refuse(where, 'is a Proxy; pass what it stands for');
    const text = Function.prototype.toString.call(fn);
    if (isRequire(fn)) return { t: 'require', from: fileOfRequire(fn) };
    if (nativeText.test(text)) return this.#writeNative(fn, where);
    return this.#writeText(fn, text, index, where);
  }

  #shape(text: string, where: Where): FunctionShape {
    let shape: FunctionShape;
    try {
      shape = functionShape(text);
    } catch (error) {
      throw this.#writer.refuse(where, `has a text that could not be read: ${(error as Error).message}`, error);
    }
    for (const use of shape.outer) throw this.#writer.refuse(where, outerReasons[use]);
    return shape;
  }

  /** @returns a function that forgets all that was written from here on: it is not sent after all */
  mark(): () => void {
    const pending = this.#pending.length;
    const undoBags = this.#bags.mark();
    return () => {
      this.#pending.length = pending;
      undoBags();
    };
  }

  /** Puts the texts together. */
  finish(): void {
    const shared = new SharedVariables();
    for (const { variables } of this.#pending) for (const variable of variables) shared.add(variable);
    const cells = shared.cells(this.#writer);
    for (const { index, shape, variables, superclass, node, withoutName } of this.#pending) {
      const joined = joinText(shape, variables, cells, { superclass, withoutName });
      this.#writer.put(index, { ...node, ...joined });
    }
  }

  #writeNative(fn: AnyFunction, where: Where): GraphNode {
    const writer = this.#writer;
    const facts = inspected(writer, fn, where);
    if (facts.bound === undefined) {
      throw writer.refuse(
        where,
        `is ${describe(fn)} of the runtime, which has no name on the other side; call it in a function`,
      );
    }
    const { target, self, args } = facts.bound;
    return {
      t: 'bound',
      target: writer.entry(target, where, true),
      self: writer.entry(self, into(where, 'this'), true),
      args: args.map((value, i) => writer.entry(value, { parent: where, step: `/bound[${i}]` }, true)),
      name: functionName(fn),
    };
  }

  #writeText(fn: AnyFunction, text: string, index: number, where: Where): GraphNode {
    const writer = this.#writer;
    const explicit = explicitCaptures(fn);
    // For named captures the inspector is welcome (it knows where the text is from) but not needed.
    const facts = explicit ? factsIfAny(fn) : inspected(writer, fn, where);
    const script = facts && this.#script(facts);
    if (script?.url.startsWith('node:')) {
      throw writer.refuse(where, `is ${describe(fn)} inside of Node; call it in a function of your own`);
    }
    const reference =
      explicit === undefined && script?.isModule && script.url !== ''
        ? (esModulePlace(fn, script.url) ?? requiredPlace(fn))
        : undefined;
    if (reference !== undefined) {
      addressed.add(fn);
      return { t: 'module', ...reference };
    }
    // Parsed only now: what goes by its address needs no parser.
    const shape = this.#shape(text, where);
    const variables: CapturedVariable[] = [];
    let imports = 0;
    let withoutName = false;
    const names = new Map(shape.free);
    if (shape.self !== undefined) {
      const outside = facts && find(shape.self.name, facts);
      // `fib = memo(fib)`: inside a declaration the name means the variable, and that is something else by now.
      if (outside !== undefined && (outside.value !== fn || shape.self.written)) {
        withoutName = true;
        names.set(shape.self.name, {
          references: shape.self.references,
          whole: true,
          members: new Set(),
          written: shape.self.written,
          early: shape.kind === 'class',
        });
      }
    }
    for (const [name, use] of names) {
      const inside = into(where, name);
      if (explicit !== undefined && Object.hasOwn(explicit.captures, name)) {
        variables.push({ name, use, value: writer.entry(explicit.captures[name], inside, true) });
        continue;
      }
      const found = facts && !explicit?.strict ? find(name, facts) : undefined;
      if (found === undefined) {
        const entry = this.#global(name, inside, explicit !== undefined && (explicit.strict || facts === undefined));
        if (entry !== undefined) variables.push({ name, use, value: entry });
        continue;
      }
      const { value, scope, depth } = found;
      if (!found.isInitialised) {
        throw writer.refuse(inside, 'is not initialised yet; submit the task after the line that declares it');
      }
      const isRequired =
        name === 'require' && typeof value === 'function' && (isRequire(value) || types.isProxy(value));
      if (isRequired) {
        const isTslabs = (value as unknown) === tslab()?.require;
        const from = isTslabs ? `${process.cwd()}/notebook.js` : script?.url || `${process.cwd()}/main.js`;
        variables.push({ name, use, value: writer.add({ t: 'require', from }) });
        continue;
      }
      const binding = script && isImportScope(scope.kind, name) ? importBindings(script).get(name) : undefined;
      const imported = binding && script && this.#import(binding, value, script.url);
      if (imported !== undefined) {
        imports += 1;
        variables.push({ name, use, value: imported });
      } else if (!use.whole && !use.written && isMemberBag(name, value, tslab()?.exports)) {
        const from = binding && script && importableAddress(binding.specifier, script.url);
        if (from !== undefined) imports += 1;
        variables.push({ name, use, value: this.#bags.entry(value as object, use.members, inside, from) });
      } else if (value !== undefined && (value as unknown) === tslab()?.exports) {
        throw writer.refuse(inside, 'is the whole notebook; use its variables by their names');
      } else if (name === metaName && script) {
        variables.push({ name, use, value: writer.add({ t: 'object', base: 'Object', props: metaProps(script.url) }) });
      } else if (name === loadName && script) {
        variables.push({ name, use, value: writer.add(loader(script.url)) });
      } else {
        variables.push({
          name,
          use,
          value: writer.entry(value, inside, true),
          ...(facts?.location ? { binding: { scope, depth, location: facts.location, fn } } : {}),
        });
      }
    }
    const isClass = shape.kind === 'class';
    const superclass = shape.classShape?.heritage && this.#superclass(fn, where);
    const proto = this.#prototype(fn, shape, where);
    const props = this.#ownProperties(fn, shape, where);
    // An import is a constant here, and goes by its address.
    const isBound = new Set(variables.map(({ name }) => name));
    const isLasting =
      variables.length === imports && [...names.keys()].every((name) => isBound.has(name) || isStandardGlobal(name));
    if (isLasting && !isClass && props.length === 0 && proto.length === 0) selfContained.add(fn);
    const base = script?.url;
    const node: Pending['node'] = {
      t: 'function',
      name: functionName(fn),
      strict: isClass || !Object.hasOwn(fn, 'caller'),
      ...(isClass || proto.length > 0 ? { id: identify(fn) } : {}),
      ...(facts?.location && base
        ? { at: [base, facts.location.line, facts.location.column - shape.head] as const }
        : {}),
      ...(base !== undefined && (shape.importMeta.length > 0 || shape.dynamicImport.length > 0) ? { base } : {}),
      props,
      proto,
    };
    this.#pending.push({ index, shape, variables, superclass, node, withoutName });
    return { t: 'global', path: [] };
  }

  /** The value of a name that no scope has: a global of Node needs nothing, one of the program goes along. */
  #global(name: string, where: Where, isExplicit: boolean): Entry | undefined {
    if (isStandardGlobal(name)) return undefined;
    const descriptor = Object.getOwnPropertyDescriptor(globalThis, name);
    if (descriptor === undefined || !('value' in descriptor)) {
      if (isExplicit && descriptor === undefined) {
        throw this.#writer.refuse(where, 'is not among the captures and no global; add it to task({ ... }, fn)');
      }
      return undefined;
    }
    return this.#writer.entry(descriptor.value, where, true);
  }

  /** An imported value that the other side can import too. */
  #import(binding: ImportBinding, value: unknown, script: string): Entry | undefined {
    const address = importableAddress(binding.specifier, script);
    // What vite binds is its own object; its members are taken one by one.
    if (address === undefined || (binding.name === '*' && !types.isModuleNamespaceObject(value))) return undefined;
    const path = binding.name === '*' ? [] : [binding.name];
    rememberPlace(value, { ...address, path });
    const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function';
    if (isObject && !types.isProxy(value)) return this.#writer.entry(value, { step: binding.specifier }, true);
    const node: ModuleNode = { t: 'module', ...address, path };
    return this.#writer.add(node);
  }

  #superclass(fn: AnyFunction, where: Where): Entry {
    const parent: unknown = Object.getPrototypeOf(fn);
    const isNull = parent === Function.prototype;
    return isNull ? [null] : this.#writer.entry(parent, into(where, 'extends'), true);
  }

  /** What somebody put on `prototype` beyond the text: old-style methods, decorators, mixins. */
  #prototype(fn: AnyFunction, shape: FunctionShape, where: Where): PropertyEntry[] {
    const prototype: unknown = Object.getOwnPropertyDescriptor(fn, 'prototype')?.value;
    if (typeof prototype !== 'object' || prototype === null || shape.kind === 'method') return [];
    const inside = into(where, 'prototype');
    const added: PropertyEntry[] = [];
    for (const key of Reflect.ownKeys(prototype)) {
      const descriptor = Object.getOwnPropertyDescriptor(prototype, key);
      if (descriptor === undefined || key === 'constructor' || isFromText(descriptor, shape)) continue;
      const entry = writeProperty(this.#writer, prototype, key, descriptor, inside, true);
      if (entry !== undefined) added.push(entry);
    }
    return added;
  }

  #ownProperties(fn: AnyFunction, shape: FunctionShape, where: Where): PropertyEntry[] {
    const keys = Reflect.ownKeys(fn);
    if (shape.kind !== 'class' && keys.every((key) => ownAlways.has(key))) return [];
    const skip = new Set<PropertyKey>(ownAlways);
    // A static field may be called `name` or `length`.
    for (const key of ['name', 'length']) if (Object.getOwnPropertyDescriptor(fn, key)?.enumerable) skip.delete(key);
    for (const key of keys) {
      const descriptor = Object.getOwnPropertyDescriptor(fn, key);
      if (descriptor && isFromText(descriptor, shape)) skip.add(key);
    }
    return writeProperties(this.#writer, fn, where, true, skip);
  }

  #script(facts: FunctionFacts): Script | undefined {
    const { location, scopes } = facts;
    if (location === undefined) return undefined;
    const isModule = scopes.some(({ kind }) => kind.startsWith('Module'));
    // A notebook cell has no address, and asking in a kernel full of compilers takes long.
    const url = tslab() !== undefined && !isModule ? '' : scriptUrl(location.scriptId);
    return { id: location.scriptId, url, isModule };
  }
}

const nativeText = /\{\s*\[native code\]\s*\}\s*$/;
const ownAlways: ReadonlySet<PropertyKey> = new Set(['length', 'name', 'prototype', 'arguments', 'caller']);

function isFromText(descriptor: PropertyDescriptor, { classShape }: FunctionShape): boolean {
  if (classShape === undefined) return false;
  const { value, get, set } = descriptor as { value?: unknown; get?: unknown; set?: unknown };
  const isOwn = (part: unknown): boolean =>
    part === undefined ||
    (typeof part === 'function' && classShape.methods.has(Function.prototype.toString.call(part)));
  return (value ?? get ?? set) !== undefined && isOwn(value) && isOwn(get) && isOwn(set);
}

function inspected(writer: GraphWriter, fn: AnyFunction, where: Where): FunctionFacts {
  try {
    return functionFacts(fn);
  } catch (error) {
    const denied = (error as NodeJS.ErrnoException).code === 'ERR_ACCESS_DENIED';
    const why = denied ? 'the permission model of Node does not allow it' : 'it is not available here';
    throw writer.refuse(
      where,
      `could not be looked into with the inspector of V8, because ${why}; name what it needs with task({ ... }, fn), or use moduleTask`,
      error,
    );
  }
}

function factsIfAny(fn: AnyFunction): FunctionFacts | undefined {
  try {
    return functionFacts(fn);
  } catch {
    return undefined;
  }
}

interface Found {
  readonly value: unknown;
  /** Whether its declaration has run; if not there is no value. */
  readonly isInitialised: boolean;
  readonly scope: FunctionFacts['scopes'][number];
  /** Scopes between this one and the global one: the same for all closures that see the same variable. */
  readonly depth: number;
}

/** The innermost variable of the name; undefined if only the global object can have it. */
function find(name: string, { scopes, location }: FunctionFacts): Found | undefined {
  for (const [i, scope] of scopes.entries()) {
    if (scope.kind === 'Global') return undefined;
    const depth = scopes.length - i;
    const variable = readVariable(scope, name);
    if (variable === undefined) continue;
    const { value } = variable;
    // V8 before 12 shows a variable in its dead zone as undefined.
    const isInitialised =
      variable.isInitialised && !(value === undefined && location !== undefined && isInDeadZone(name, location));
    return { value, isInitialised, scope, depth };
  }
  return undefined;
}

function isImportScope(kind: string, name: string): boolean {
  return kind.startsWith('Module') || name.startsWith('__vi');
}

function isRequire(fn: unknown): fn is NodeJS.Require {
  if (typeof fn !== 'function' || types.isProxy(fn) || fn.name !== 'require') return false;
  return Object.hasOwn(fn, 'resolve') && Object.hasOwn(fn, 'cache');
}

/** A file in the folder that the function resolves from. */
function fileOfRequire(fn: NodeJS.Require): string {
  const [first] = fn.resolve.paths('x') ?? [];
  const folder = first === undefined ? process.cwd() : dirname(first);
  return join(folder, 'main.js');
}

/** The notebook kernel's hook, if this is one. */
function tslab(): { exports?: unknown; require?: unknown } | undefined {
  return (globalThis as { __tslab__?: { exports?: unknown; require?: unknown } }).__tslab__;
}
