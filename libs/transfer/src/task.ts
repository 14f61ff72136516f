/**
 * Explicit tasks: functions that say themselves what they need on the other side.
 *
 * A plain function is usually enough; its captured variables are found by looking into it. The two kinds here need
 * no looking: {@link task} names every captured value, `moduleTask` names a module and one of its exports. They also
 * work where the inspector of V8 is missing or forbidden.
 */

/** Marks tasks, so that a second copy of this package in the same program knows them too. */
const brand: unique symbol = Symbol.for('interleave.task') as never;

/** What a {@link Task} is made of; read by the capture. */
export type TaskSource =
  | {
      readonly kind: 'captures';
      readonly fn: (...args: never[]) => unknown;
      readonly captures: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: 'module'; readonly url: string; readonly exportName: string };

/**
 * A function with an explicit list of what goes along with it, made by {@link task} or `moduleTask`.
 *
 * Submit it like a function. It cannot be called; to run it here, without copying, use `localTask`.
 */
export class Task<A extends unknown[] = unknown[], R = unknown> {
  /** Shown in messages and traces: the name of the function or of the export. */
  readonly name: string;
  /** What it is made of. */
  readonly source: TaskSource;
  readonly [brand] = true;
  /** Never called; carries the types of the arguments and of the result. */
  declare protected signature?: { of(...args: A): R };

  /** @internal Use {@link task} or `moduleTask`. */
  constructor(name: string, source: TaskSource) {
    this.name = name;
    this.source = source;
    Object.freeze(this);
  }

  toString(): string {
    return `Task "${this.name}"`;
  }
}

/** What can be submitted: a function as you wrote it, or an explicit {@link Task}. */
// The top type of all functions needs `any` for its arguments; `never[]` would not accept a generic list of arguments.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type TaskLike<A extends unknown[] = any[], R = unknown> = ((...args: A) => R) | Task<A, R>;

/**
 * Makes a task whose captured values are all named, so that nothing has to be found by looking into the function.
 *
 * Every free name of `fn` must be a key of `captures` or a global; the capture refuses it otherwise, with the path.
 * Functions among the captures may use the other captures in the same way. The values are read when the task is
 * captured, not now.
 *
 * @param captures - the values that `fn` uses, by the names it uses them under
 * @param fn - the function; it has no `this`
 * @returns a task to submit
 * @throws {TypeError} if `captures` is not an object or `fn` not a function
 *
 * @example
 * ```ts
 * const rate = 0.19;
 * const addTax = task({ rate }, (price: number) => price * (1 + rate));
 * ```
 */
export function task<C extends object, A extends unknown[], R>(
  captures: C,
  fn: (this: void, ...args: A) => R,
): Task<A, R> {
  if (typeof captures !== 'object' || captures === null) {
    throw new TypeError(
      `Cannot make a task: captures is ${captures === null ? 'null' : typeof captures}; pass an object of names and values`,
    );
  }
  if (typeof fn !== 'function') throw new TypeError(`Cannot make a task: fn is ${typeof fn}; pass a function`);
  return new Task(fn.name || 'task', { kind: 'captures', fn, captures: captures as Record<string, unknown> });
}

/** Whether the value is a {@link Task}, also one made by another copy of this package. */
export function isTask(value: unknown): value is Task {
  return typeof value === 'object' && value !== null && (value as { [brand]?: unknown })[brand] === true;
}
