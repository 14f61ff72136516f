/**
 * Rebuilds what a {@link Graph} describes.
 *
 * Each node is first made and later filled, so that cycles close by themselves. Some need others complete before they can
 * be made (a class its base class, a registered instance its value); a cycle through such a need is left for the end.
 */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { entriesOf } from '../graph-entries.js';
import { ACCESSOR, FIXED, HIDDEN, READONLY } from '../graph.js';
import type {
  BoundNode,
  Entry,
  ErrorNode,
  FunctionNode,
  Graph,
  GraphNode,
  NewNode,
  ObjectNode,
  PropertyEntry,
  RegisteredNode,
} from '../graph.js';
import { knownErrorClass } from '../error-classes.js';
import { adopt, identified, isAdopted } from '../identities.js';
import { fromTransfer, registerTransfer, registrationNamed, type TransferRegistration } from '../register-transfer.js';
import { functionSeat, type FunctionSeat } from './function-factory.js';
import { sourceLines } from './source-lines.js';
import { withoutStack } from '../without-stack.js';
import { dig, isObject, symbolOf } from './lookup.js';
import { memberOf } from './module-member.js';
import { rebuilding } from './rebuilding.js';
import { importMeta, loaderFor } from './surroundings.js';

type AnyFunction = (...args: unknown[]) => unknown;

/** Reads one graph; its modules have to be loaded. */
export class GraphReader {
  readonly #nodes: readonly GraphNode[];
  readonly #root: Entry;
  readonly #subject: string;
  readonly #values: unknown[];
  readonly #state: Uint8Array;
  readonly #seats = new Map<number, FunctionSeat>();
  /** What waits for nodes that are being made. */
  readonly #late: (() => void)[] = [];

  constructor({ root, nodes }: Graph, subject: string) {
    this.#nodes = nodes;
    this.#root = root;
    this.#subject = subject;
    this.#values = new Array<unknown>(nodes.length);
    this.#state = new Uint8Array(nodes.length);
  }

  read(): unknown {
    return rebuilding(this.#subject, () => {
      for (let i = 0; i < this.#nodes.length; i += 1) this.#make(i);
      for (let i = 0; i < this.#nodes.length; i += 1) this.#fill(i);
      for (const action of this.#late) action();
      return this.#value(this.#root);
    });
  }

  #value(entry: Entry): unknown {
    if (typeof entry !== 'number') return entry[0];
    this.#make(entry);
    return this.#values[entry];
  }

  /** The value with all that it reaches, as far as that does not wait for what is being made now. */
  #complete(entry: Entry): unknown {
    const stack = [entry];
    const seen = new Set<number>();
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      if (typeof next !== 'number' || seen.has(next)) continue;
      seen.add(next);
      this.#make(next);
      if (this.#state[next] === MADE) this.#fill(next);
      stack.push(...entriesOf(this.#nodes[next] as GraphNode));
    }
    return this.#value(entry);
  }

  #make(index: number): void {
    if (this.#state[index] !== NEW) return;
    this.#state[index] = BEING_MADE;
    this.#values[index] = this.#create(this.#nodes[index] as GraphNode, index);
    this.#state[index] = MADE;
  }

  #create(node: GraphNode, index: number): unknown {
    switch (node.t) {
      case 'global':
        return dig(globalThis, node.path, 'global', this.#subject);
      case 'module':
        return memberOf(node, this.#subject);
      case 'require':
        return createRequire(node.from.startsWith('file:') ? node.from : pathToFileURL(node.from));
      case 'symbol':
        return symbolOf(node);
      case 'home':
        return this.#home(node.id, node.name);
      case 'raw':
        return node.value;
      case 'object':
        return this.#object(node);
      case 'error':
        return this.#error(node);
      case 'new':
        return this.#construct(node);
      case 'cell':
        return { value: undefined };
      case 'function':
        return this.#function(node, index);
      case 'bound':
        return this.#bound(node);
      case 'registered':
        return this.#registered(node);
      case 'handle': {
        const type = this.#complete(node.type) as { [fromTransfer]?: (value: unknown) => unknown };
        const rebuild = type[fromTransfer];
        if (typeof rebuild !== 'function') throw new TypeError(`its class has no static [fromTransfer]`);
        return rebuild.call(type, this.#complete(node.value));
      }
    }
  }

  #home(id: string, name: string): unknown {
    const value = identified(id);
    if (value === undefined) throw new Error(`"${name}" is not known here any more`);
    return value;
  }

  #type(entry: Entry): AnyFunction {
    const type = this.#value(entry);
    if (typeof type !== 'function') throw new TypeError('the class of an object is missing');
    return type as AnyFunction;
  }

  #object({ base, type, inner = [], sparse }: ObjectNode): object {
    const constructor = type === undefined || type === null ? undefined : this.#type(type);
    const made = (builtin: AnyFunction, args: unknown[]): object =>
      Reflect.construct(builtin, args, constructor ?? builtin) as object;
    switch (base) {
      case 'Object':
        if (type === null) return Object.create(null) as object;
        return constructor === undefined ? {} : (Object.create(constructor.prototype as object) as object);
      case 'Array': {
        const array = made(Array, []) as unknown[];
        if (sparse) array.length = sparse.length;
        return array;
      }
      case 'Map':
        return made(Map as unknown as AnyFunction, []);
      case 'Set':
        return made(Set as unknown as AnyFunction, []);
      case 'Date':
        return made(Date, [inner[0]]);
      case 'RegExp':
        return Object.assign(made(RegExp as unknown as AnyFunction, [inner[0], inner[1]]), { lastIndex: inner[2] });
      case 'Uint8Array': {
        const bytes = inner[0] as Uint8Array;
        if ((constructor as unknown) === Buffer) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
        return made(Uint8Array as unknown as AnyFunction, [bytes]);
      }
      case 'Error':
        return made(Error as unknown as AnyFunction, []);
    }
  }

  #error(node: ErrorNode): Error {
    if (node.known === 'DOMException') {
      const exception = new DOMException(node.message, node.name);
      Object.defineProperty(exception, 'stack', hiddenValue(sourceLines(node.stack)));
      return exception;
    }
    const own = this.#errorType(node.type);
    const known = knownErrorClass(node.known) ?? Error;
    const base = known.prototype instanceof AggregateError || known === AggregateError ? AggregateError : Error;
    const args = base === AggregateError ? [[], node.message] : [node.message];
    const type = (own ?? known) as AnyFunction;
    const error = withoutStack(() => Reflect.construct(base as unknown as AnyFunction, args, type) as Error);
    Object.defineProperty(error, 'stack', hiddenValue(sourceLines(node.stack)));
    if (error.name !== node.name) Object.defineProperty(error, 'name', hiddenValue(node.name));
    if (error.message !== node.message) Object.defineProperty(error, 'message', hiddenValue(node.message));
    return error;
  }

  /** The error's own class, if it is here. */
  #errorType(entry: Entry | undefined): unknown {
    if (entry === undefined) return undefined;
    const node = typeof entry === 'number' ? this.#nodes[entry] : undefined;
    if (node?.t === 'home' && identified(node.id) === undefined) return undefined;
    const type = this.#value(entry);
    return typeof type === 'function' && type.prototype instanceof Error ? type : undefined;
  }

  #construct({ path, args }: NewNode): object {
    const type = dig(globalThis, path, 'global', this.#subject) as AnyFunction;
    return Reflect.construct(
      type,
      args.map((arg) => this.#complete(arg)),
    ) as object;
  }

  #function(node: FunctionNode, index: number): unknown {
    const original = node.id === undefined ? undefined : identified(node.id);
    // It has come home.
    if (original !== undefined && !isAdopted(original as object)) return original;
    const same = node.id !== undefined && node.same !== undefined ? `${node.id} ${node.same}` : undefined;
    const known = same && rebuilt.get(same)?.deref();
    if (known !== undefined) return known;
    const names = node.slots.map(([name]) => name);
    if (node.meta !== undefined) names.push(node.meta);
    if (node.load !== undefined) names.push(node.load);
    const seat = functionSeat(node, names);
    let last = node.slots.length;
    if (node.meta !== undefined) seat.set(last++, importMeta(node.base ?? ''));
    if (node.load !== undefined) seat.set(last, loaderFor(node.base ?? ''));
    node.slots.forEach(([, value, early], i) => {
      if (early) seat.set(i, this.#complete(value));
    });
    const fn = seat.get();
    if (typeof fn !== 'function') throw new TypeError(`the text of "${node.name}" is not a function`);
    // A class may have a static member called `name`, which the text makes or a property brings.
    if (typeof fn.name === 'string' && fn.name !== node.name) {
      Object.defineProperty(fn, 'name', { value: node.name, configurable: true });
    }
    if (node.id !== undefined) adopt(node.id, fn);
    if (same !== undefined) keepRebuilt(same, fn);
    this.#seats.set(index, seat);
    return fn;
  }

  #bound({ target, self, args, name }: BoundNode): AnyFunction {
    const fn = this.#type(target);
    const bound = Function.prototype.bind.call(
      fn,
      this.#value(self),
      ...args.map((arg) => this.#value(arg)),
    ) as AnyFunction;
    if (bound.name !== name) Object.defineProperty(bound, 'name', { value: name, configurable: true });
    return bound;
  }

  #registered(node: RegisteredNode): unknown {
    const value = this.#complete(node.value);
    const known = registrationNamed(node.name);
    if (known !== undefined) return known.decode(value);
    if (node.decode === undefined) {
      throw new Error(
        `no class is registered as "${node.name}" here; call registerTransfer in the module of the class`,
      );
    }
    const decode = this.#complete(node.decode) as TransferRegistration<object, unknown>['decode'];
    const encode = node.encode && (this.#complete(node.encode) as TransferRegistration<object, unknown>['encode']);
    const type = node.type && (this.#complete(node.type) as abstract new () => object);
    if (type && encode) registerTransfer(type, { name: node.name, encode, decode });
    return decode(value);
  }

  #fill(index: number): void {
    if (this.#state[index] !== MADE) return;
    this.#state[index] = FILLED;
    const node = this.#nodes[index] as GraphNode;
    const value = this.#values[index];
    switch (node.t) {
      case 'object':
        this.#fillItems(node, value as object);
        this.#define(value as object, node.props);
        if (node.closed) this.#late.push(() => close(value as object, node.closed));
        return;
      case 'error':
        this.#fillError(node, value as Error);
        return;
      case 'cell':
        this.#when(node.value, (inner) => {
          (value as { value: unknown }).value = inner;
        });
        return;
      case 'function': {
        const seat = this.#seats.get(index);
        // A function that has come home is the original, which keeps what it has.
        if (seat === undefined) return;
        node.slots.forEach(([, entry, early], i) => {
          if (!early) this.#when(entry, (inner) => seat.set(i, inner));
        });
        this.#define(value as object, node.props);
        const prototype: unknown = (value as AnyFunction).prototype;
        if (node.proto.length > 0 && isObject(prototype)) this.#define(prototype, node.proto);
        return;
      }
      default:
        return;
    }
  }

  /** Does it now, or at the end if the value is still being made. */
  #when(entry: Entry, action: (value: unknown) => void): void {
    if (typeof entry === 'number' && this.#state[entry] === BEING_MADE) {
      this.#late.push(() => action(this.#values[entry]));
    } else {
      action(this.#value(entry));
    }
  }

  #fillItems({ base, items = [], sparse }: ObjectNode, target: object): void {
    if (base === 'Array') {
      items.forEach((entry, i) => {
        const key = sparse ? (sparse.indices[i] as number) : i;
        this.#when(entry, (value) =>
          Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true }),
        );
      });
    } else if (base === 'Set') {
      for (const entry of items) Set.prototype.add.call(target, this.#value(entry));
    } else if (base === 'Map') {
      for (let i = 0; i + 1 < items.length; i += 2) {
        Map.prototype.set.call(target, this.#value(items[i] as Entry), this.#value(items[i + 1] as Entry));
      }
    }
  }

  #fillError(node: ErrorNode, error: Error): void {
    if (node.known !== 'DOMException') this.#define(error, node.props);
    if (node.cause !== undefined) {
      this.#when(node.cause, (value) => Object.defineProperty(error, 'cause', hiddenValue(value)));
    }
    if (node.errors !== undefined) {
      this.#when(node.errors, (value) => Object.defineProperty(error, 'errors', hiddenValue(value)));
    }
  }

  #define(target: object, props: readonly PropertyEntry[]): void {
    for (const [name, flags, entry, setter] of props) {
      const key = typeof name === 'number' ? (this.#value(name) as symbol) : name;
      const common = { enumerable: !(flags & HIDDEN), configurable: !(flags & FIXED) };
      if (flags & ACCESSOR) {
        const get = this.#value(entry) as (() => unknown) | undefined;
        const set = setter === undefined ? undefined : (this.#value(setter) as ((value: unknown) => void) | undefined);
        Object.defineProperty(target, key, { ...common, get, set } as PropertyDescriptor);
      } else {
        // Never an assignment: `__proto__` is a key like any other.
        this.#when(entry, (value) =>
          Object.defineProperty(target, key, { ...common, value, writable: !(flags & READONLY) }),
        );
      }
    }
  }
}

/** Classes that were rebuilt here, by identity and fingerprint. */
const rebuilt = new Map<string, WeakRef<object>>();

/** Names kept for classes that may be gone, before they are looked through. */
const SWEEP_AT = 1000;

function keepRebuilt(same: string, fn: object): void {
  if (rebuilt.size % SWEEP_AT === SWEEP_AT - 1) {
    for (const [key, reference] of rebuilt) if (reference.deref() === undefined) rebuilt.delete(key);
  }
  rebuilt.set(same, new WeakRef(fn));
}

const NEW = 0;
const BEING_MADE = 1;
const MADE = 2;
const FILLED = 3;

function hiddenValue(value: unknown): PropertyDescriptor {
  return { value, writable: true, enumerable: false, configurable: true };
}

function close(value: object, how: number | undefined): void {
  if (how === 3) Object.freeze(value);
  else if (how === 2) Object.seal(value);
  else Object.preventExtensions(value);
}
