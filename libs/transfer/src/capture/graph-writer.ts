/**
 * Turns a value, or a function and all it reaches, into a {@link Graph}.
 *
 * ```
 *   value -> entry() -> primitive or plain data ... [value]
 *                    -> known by name ............. global | module node
 *                    -> the rest .................. a node, written when its turn comes
 * ```
 *
 * Invariants: an object has one node at most; an index is given out before its node is written, so that cycles need no
 * care; the work is a queue and not a recursion, so that a list of a million links is no problem.
 */
import type { SerializationError } from '@interleave/core';
import { types } from 'node:util';
import type { Entry, Graph, GraphNode } from '../graph.js';
import type { Ground } from '../ground.js';
import { identify, identityOf, isAdopted } from '../identities.js';
import { withFingerprints } from './code-fingerprint.js';
import { FunctionWriter } from './function-writer.js';
import { isOfModule } from './inspector.js';
import { areTablesFilled, knownPlace, noteLoadedBuiltins, type KnownPlace } from './known-values.js';
import { modulePlace, noteLoadedModules } from './module-references.js';
import { writeObject } from './object-writer.js';
import { PlainData } from './plain-data.js';
import { describe, refusal, type Where } from './refusal.js';

/** What is being written, and how. */
export interface WriterOptions {
  readonly ground: Ground;
  /** What messages call it: `task "get"`, `argument`. */
  readonly subject: string;
  /** Root of the paths in messages. */
  readonly name: string;
  /**
   * Captured variables are kept exactly (getters, frozenness, symbols); arguments and results are data, for which the
   * rules of structured clone hold where they are stricter.
   */
  readonly exact: boolean;
  /** Objects that the caller moves. */
  readonly transfer?: readonly object[];
  /** Receives what a class's `encode` wants to be moved too. */
  readonly moved?: object[] | undefined;
  /** The receiver knows the functions and classes that came from it; they go by their identity. */
  readonly reply?: boolean;
  /** Functions are not captured but refused: for errors, which must never cost much. */
  readonly refuseFunctions?: boolean;
}

interface Work {
  readonly index: number;
  readonly value: object;
  readonly where: Where;
  readonly exact: boolean;
}

export class GraphWriter {
  readonly options: WriterOptions;
  readonly #nodes: (GraphNode | undefined)[] = [];
  readonly #indices = new Map<unknown, number>();
  #queue: Work[] = [];
  #next = 0;
  #noted = false;
  readonly #moved: Set<unknown>;
  #functions: FunctionWriter | undefined;
  #loose: PlainData | undefined;
  #exact: PlainData | undefined;
  /** Objects given an index, in order, so that a failed part can be taken back. */
  readonly #given: unknown[] = [];

  constructor(options: WriterOptions) {
    this.options = options;
    this.#moved = new Set(options.transfer);
  }

  /**
   * The name under which the other side knows the value. To fill the tables is half of a program's first capture, and that is
   * often one function of a module, which cannot be in them.
   */
  #known(value: object): KnownPlace | undefined {
    if (this.options.exact && !areTablesFilled() && typeof value === 'function' && isOfModule(value as () => unknown)) {
      return undefined;
    }
    // Brought up to date once for this graph, and only if something is looked up in them.
    if (!this.#noted) {
      this.#noted = true;
      noteLoadedBuiltins();
      noteLoadedModules();
    }
    return knownPlace(value);
  }

  /** Writes all that `root` reaches. */
  write(root: unknown): Graph {
    const where: Where = { step: this.options.name };
    const entry = this.entry(root, where, this.options.exact);
    this.drain();
    return this.finish(entry);
  }

  /** The finished graph; nothing can be added after it. */
  finish(root: Entry): Graph {
    this.#functions?.finish();
    return { root, nodes: withFingerprints(this.#nodes as GraphNode[], root) };
  }

  /** Writes the nodes that were given out and are not written yet. */
  drain(): void {
    while (this.#next < this.#queue.length) {
      const { index, value, where, exact } = this.#queue[this.#next++] as Work;
      this.#nodes[index] =
        typeof value === 'function'
          ? (this.#functions ??= new FunctionWriter(this)).write(value as (...args: never[]) => unknown, index, where)
          : writeObject(this, value, where, exact);
    }
  }

  /**
   * The entry for a value. Its node, if it needs one, is written later.
   *
   * @throws {SerializationError} if it cannot travel
   */
  entry(value: unknown, where: Where, exact: boolean): Entry {
    if (typeof value === 'symbol') return this.#symbol(value, where, exact);
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return [value];
    const index = this.#indices.get(value);
    if (index !== undefined) return index;
    if (this.#moved.has(value)) return [value];
    if (typeof value === 'object' && this.#plain(exact).isPlain(value)) return [value];
    const reference = this.#reference(value, where);
    const given = this.give(value);
    if (reference !== undefined) this.#nodes[given] = reference;
    else this.#queue.push({ index: given, value, where, exact });
    return given;
  }

  /** Reserves an index for an object whose node somebody else puts in place with {@link put}. */
  give(value: unknown): number {
    const index = this.#nodes.push(undefined) - 1;
    if (value !== undefined) {
      this.#indices.set(value, index);
      this.#given.push(value);
    }
    return index;
  }

  /** Adds a node that stands for no object of its own. */
  add(node: GraphNode): number {
    return this.#nodes.push(node) - 1;
  }

  put(index: number, node: GraphNode): void {
    this.#nodes[index] = node;
  }

  node(index: number): GraphNode | undefined {
    return this.#nodes[index];
  }

  /** Whether the object must become a node whatever it contains. */
  isNode(value: object): boolean {
    return this.#indices.has(value) || this.#known(value) !== undefined || modulePlace(value) !== undefined;
  }

  /** Notes an object that moves with the message, as a class's `encode` asked. */
  move(object: object, where: Where): void {
    const { moved, subject } = this.options;
    if (moved === undefined) {
      throw refusal(subject, where, `holds ${describe(object)}, which has to be moved; pass it as an argument`);
    }
    if (!this.#moved.has(object)) {
      this.#moved.add(object);
      moved.push(object);
    }
  }

  refuse(where: Where, reason: string, cause?: unknown): SerializationError {
    return refusal(this.options.subject, where, reason, cause);
  }

  /**
   * Does `body`, writes what it gave out, and takes everything back if something in it cannot travel.
   *
   * @returns what `body` returned, or undefined
   */
  attempt<T>(body: () => T): T | undefined {
    const nodes = this.#nodes.length;
    const given = this.#given.length;
    // With a queue of its own: what was given out before stays, whatever becomes of this.
    const [queue, next] = [this.#queue, this.#next];
    [this.#queue, this.#next] = [[], 0];
    const undoFunctions = this.#functions?.mark() ?? ((): void => void (this.#functions = undefined));
    try {
      const result = body();
      this.drain();
      return result;
    } catch {
      for (const value of this.#given.splice(given)) this.#indices.delete(value);
      this.#nodes.length = nodes;
      undoFunctions();
      return undefined;
    } finally {
      [this.#queue, this.#next] = [queue, next];
    }
  }

  #plain(exact: boolean): PlainData {
    const rules = {
      ground: this.options.ground,
      moved: this.#moved,
    };
    // Data is a copy whatever it was; a captured object may be one that the other side knows by a name.
    return exact
      ? (this.#exact ??= new PlainData({ ...rules, exact, isNode: (object) => this.isNode(object) }))
      : (this.#loose ??= new PlainData({ ...rules, exact, isNode: (object) => this.#indices.has(object) }));
  }

  /** The node of a value that the other side has already. */
  #reference(value: object, where: Where): GraphNode | undefined {
    const known = this.#known(value);
    if (known?.module !== undefined) return { t: 'module', url: known.module, cjs: true, path: known.path };
    if (known !== undefined) return { t: 'global', path: known.path };
    if (types.isProxy(value)) return undefined;
    const place = modulePlace(value);
    if (place !== undefined) return { t: 'module', ...place };
    if (typeof value !== 'function') return undefined;
    const id = identityOf(value);
    if (id !== undefined && this.options.reply && isAdopted(value)) return { t: 'home', id, name: value.name };
    if (this.options.refuseFunctions)
      throw this.refuse(where, `is ${describe(value)}; functions in errors do not travel`);
    return undefined;
  }

  #symbol(symbol: symbol, where: Where, exact: boolean): Entry {
    const index = this.#indices.get(symbol);
    if (index !== undefined) return index;
    if (!exact) throw this.refuse(where, `is ${describe(symbol)}; symbols are not data, pass a string`);
    const given = this.give(symbol);
    this.#nodes[given] = symbolNode(symbol);
    return given;
  }

  /** The node of a symbol that is a property key; keys may be symbols also in data. */
  symbolKey(symbol: symbol): number {
    const index = this.#indices.get(symbol);
    if (index !== undefined) return index;
    const given = this.give(symbol);
    this.#nodes[given] = symbolNode(symbol);
    return given;
  }
}

function symbolNode(symbol: symbol): GraphNode {
  const key = Symbol.keyFor(symbol);
  if (key !== undefined) return { t: 'symbol', key };
  for (const name of Object.getOwnPropertyNames(Symbol)) {
    if ((Symbol as unknown as Record<string, unknown>)[name] === symbol) return { t: 'global', path: ['Symbol', name] };
  }
  return { t: 'symbol', id: identify(symbol), description: symbol.description };
}
