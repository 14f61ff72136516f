/**
 * Which names a function takes from outside, and how it uses them, read from its text.
 *
 * ```
 *   (n) => limits.max > n ? helper(n) : (count += 1)
 *          free: limits { members: max }   helper { whole }   count { whole, written }
 * ```
 *
 * Only names are found here; their values are the inspector's business. A name counts as free even if it is a global:
 * a captured variable may have the same name (`const fetch = ...`).
 */
import { parseFunction } from './parse-function.js';
import { ShapeWalker } from './shape-walker.js';

/** A stretch of the function's text: from, to (exclusive). */
export type Range = readonly [start: number, end: number];

/** One use of a free name. */
export interface Reference {
  readonly range: Range;
  /** Written `{ name }`, which has to become `{ name: other }` when the name is replaced. */
  readonly shorthand: boolean;
  /** Called, which must not turn it into a method call when the name is replaced. */
  readonly called: boolean;
}

/** How a free name is used. */
export interface FreeName {
  readonly references: readonly Reference[];
  /** Its value as such is used, not only members with fixed names. */
  readonly whole: boolean;
  /** Members with fixed names: `limits.max` gives `max`. */
  readonly members: ReadonlySet<string>;
  /** It is assigned. */
  readonly written: boolean;
  /** Its value is needed already when the text is evaluated: computed keys and static fields of a class. */
  readonly early: boolean;
}

/** What the surrounding function's `this` and the like are used for; each makes a function impossible to move. */
export type OuterUse = 'this' | 'super' | 'arguments' | 'eval';

/** A class's own text, as far as the capture has to know it. */
export interface ClassShape {
  /** Where its superclass stands. */
  readonly heritage?: Range;
  /** Texts of its methods, getters and setters: what `toString` gives for them. */
  readonly methods: ReadonlySet<string>;
  /** It declares names with `#`. */
  readonly hasPrivate: boolean;
  /** Static fields and blocks that are left out of the text, because their values travel instead. */
  readonly statics: readonly Range[];
}

/** All that the capture has to know about a function's text. */
export interface FunctionShape {
  readonly kind: 'function' | 'arrow' | 'class' | 'method';
  /** Ready to be evaluated if nothing has to be replaced: the text itself unless it is a method. */
  readonly text: string;
  /** What has to stand before and after the part of the text that `range` names, to make it an expression. */
  readonly wrapper: readonly [before: string, range: Range, after: string];
  /** How far the place that V8 gives for it, its parameters, is from the beginning of the evaluated text. */
  readonly head: number;
  readonly free: ReadonlyMap<string, FreeName>;
  readonly outer: ReadonlySet<OuterUse>;
  /** Own name, where it is used inside. */
  readonly self?: {
    readonly name: string;
    readonly range: Range;
    readonly references: readonly Reference[];
    readonly written: boolean;
  };
  readonly importMeta: readonly Range[];
  readonly dynamicImport: readonly Range[];
  readonly classShape?: ClassShape;
}

const shapes = new Map<string, FunctionShape>();
/** Texts whose shapes are kept. A program has a limited number of functions; generated ones must not pile up. */
const KEPT = 5000;

/**
 * Reads the text of one function, as `Function.prototype.toString` gives it. The result is kept per text.
 *
 * @throws {SyntaxError} if the text is not a function's
 */
export function functionShape(text: string): FunctionShape {
  let shape = shapes.get(text);
  if (shape === undefined) {
    shape = new ShapeWalker(parseFunction(text), text).shape();
    if (shapes.size >= KEPT) shapes.delete(shapes.keys().next().value as string);
    shapes.set(text, shape);
  }
  return shape;
}
