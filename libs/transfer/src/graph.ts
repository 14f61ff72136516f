/**
 * The form in which functions and values cross: a flat list of nodes that refer to one another by index.
 *
 * ```
 *   () => helper(rate)        0  function  text "() => helper(rate)"   env helper -> 1, rate -> [0.19]
 *                             1  function  text "(x) => x + n.step"    env n -> 2
 *   n = { step, self: n }     2  object    step -> [1], self -> 2
 * ```
 *
 * Flat, because what is captured is full of cycles. An {@link Entry} is the index of a node, or a list of one value that
 * structured clone carries as it is; all of a graph crosses in one message, so such values keep what they share.
 *
 * Nothing in here is code that runs while it is being read: the reader checks every node first (`graph-check.ts`).
 */

/** A node's index, or `[value]` for what structured clone carries unchanged. */
export type Entry = number | readonly [unknown];

/** One property: key (a string, or the index of a symbol's node), flags, value or getter, setter. */
export type PropertyEntry = readonly [key: string | number, flags: number, value: Entry, setter?: Entry];

/** Bits of a {@link PropertyEntry}'s flags. */
export const READONLY = 1;
export const HIDDEN = 2;
export const FIXED = 4;
export const ACCESSOR = 8;

/** How far an object is closed against changes. */
export type Closed = 0 | 1 | 2 | 3;

/** A built-in class that an object with inner slots is made of. */
export type BuiltinBase = 'Object' | 'Array' | 'Map' | 'Set' | 'Error' | 'Date' | 'RegExp' | 'Uint8Array';

/** A name that exists on the other side too: a path from `globalThis`. */
export interface GlobalNode {
  readonly t: 'global';
  readonly path: readonly string[];
}

/** A member of a module that the other side imports by its address. */
export interface ModuleNode {
  readonly t: 'module';
  /** A `file:` URL, `node:` name or bare name. */
  readonly url: string;
  /** For a bare name: the URL of the module that imports it. */
  readonly from?: string;
  /** `require` instead of `import`. */
  readonly cjs?: boolean;
  readonly path: readonly string[];
}

/** A CommonJS `require` function of the given file. */
export interface RequireNode {
  readonly t: 'require';
  readonly from: string;
}

/** A symbol: registered (`key`), or unique with an id that gives the same symbol each time. */
export interface SymbolNode {
  readonly t: 'symbol';
  readonly key?: string;
  readonly id?: string;
  readonly description?: string | undefined;
}

/** A function or class of the receiver, or of somebody the receiver had it from. */
export interface HomeNode {
  readonly t: 'home';
  readonly id: string;
  readonly name: string;
}

/** An object: its class if any, the builtin it is made of, its own properties. */
export interface ObjectNode {
  readonly t: 'object';
  readonly base: BuiltinBase;
  /** The constructor; absent for a plain object, `null` for one without a prototype. */
  readonly type?: Entry | null;
  /** Elements of an Array (holes are absent indices), members of a Set, flat pairs of a Map. */
  readonly items?: readonly Entry[];
  /** Length of an Array with holes, and the indices of `items`. */
  readonly sparse?: { readonly length: number; readonly indices: readonly number[] };
  /** What a Date, RegExp or Uint8Array holds. */
  readonly inner?: readonly unknown[];
  readonly props: readonly PropertyEntry[];
  readonly closed?: Closed;
}

/** An error of a class that both sides know, or an `Error` under its own name. */
export interface ErrorNode {
  readonly t: 'error';
  /** Name of a known class: a builtin one or one of Interleave's. */
  readonly known: string;
  /** A class that travels. */
  readonly type?: Entry;
  readonly name: string;
  readonly message: string;
  readonly stack?: string | undefined;
  readonly cause?: Entry;
  readonly errors?: Entry;
  readonly props: readonly PropertyEntry[];
}

/** A builtin made anew from arguments: `URL`, `TextDecoder`, `Intl.NumberFormat`. */
export interface NewNode {
  readonly t: 'new';
  readonly path: readonly string[];
  readonly args: readonly Entry[];
}

/** A variable that several functions share and at least one of them assigns. */
export interface CellNode {
  readonly t: 'cell';
  readonly value: Entry;
}

/** A captured variable: the name of its slot, its value, and whether it is needed while the text is evaluated. */
export type SlotEntry = readonly [name: string, value: Entry, early: boolean];

/** A function or class, by its source text. */
export interface FunctionNode {
  readonly t: 'function';
  readonly text: string;
  readonly name: string;
  readonly strict: boolean;
  readonly slots: readonly SlotEntry[];
  /** Who it is, so that it is the same one wherever it meets itself again. */
  readonly id?: string;
  /** Fingerprint of the code it reaches, if that is all it reaches: two with the same one may be one. */
  readonly same?: string;
  /** Where the text was, for stack traces: URL, line and column from 0; a part of a line may have begun before it. */
  readonly at?: readonly [url: string, line: number, column: number];
  /** Slot name for `import.meta`, and for `import()`. */
  readonly meta?: string;
  readonly load?: string;
  /** URL that `import.meta` and `import()` stand on. */
  readonly base?: string;
  readonly props: readonly PropertyEntry[];
  /** Own properties of `prototype` beyond those that the text makes. */
  readonly proto: readonly PropertyEntry[];
}

/** What `Function.prototype.bind` made. */
export interface BoundNode {
  readonly t: 'bound';
  readonly target: Entry;
  readonly self: Entry;
  readonly args: readonly Entry[];
  readonly name: string;
}

/** An instance of a class registered by name. */
export interface RegisteredNode {
  readonly t: 'registered';
  readonly name: string;
  readonly value: Entry;
  /** The class and its two ways, for a receiver where nobody registered it. */
  readonly type?: Entry;
  readonly encode?: Entry;
  readonly decode?: Entry;
}

/** An object that structured clone carries whole although it is no plain data: a Blob, a typed array. */
export interface RawNode {
  readonly t: 'raw';
  readonly value: unknown;
}

/** An instance of a class with the symbol methods. */
export interface HandleNode {
  readonly t: 'handle';
  readonly type: Entry;
  readonly value: Entry;
}

/** One node of a graph. */
export type GraphNode =
  | GlobalNode
  | ModuleNode
  | RequireNode
  | SymbolNode
  | HomeNode
  | ObjectNode
  | ErrorNode
  | NewNode
  | CellNode
  | FunctionNode
  | BoundNode
  | RegisteredNode
  | HandleNode
  | RawNode;

/** What crosses: structured-cloneable plain data. */
export interface Graph {
  readonly root: Entry;
  readonly nodes: readonly GraphNode[];
}
