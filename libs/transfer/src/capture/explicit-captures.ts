/** Values that were named for a function, while it is being captured. */
export interface ExplicitCaptures {
  readonly captures: Readonly<Record<string, unknown>>;
  /** Every other free name must be a global; otherwise it is looked for as in any function. */
  readonly strict: boolean;
}

const named = new WeakMap<object, ExplicitCaptures>();

/** The named captures of a function, if it belongs to an explicit task. */
export function explicitCaptures(fn: object): ExplicitCaptures | undefined {
  return named.get(fn);
}

/**
 * Makes the named captures known for the time of `body`: for the task's function, and for the functions among the
 * captures, which may use the others in the same way.
 */
export function withExplicitCaptures<T>(fn: object, captures: Readonly<Record<string, unknown>>, body: () => T): T {
  const mine: object[] = [];
  const note = (target: object, strict: boolean): void => {
    if (named.has(target)) return;
    named.set(target, { captures, strict });
    mine.push(target);
  };
  try {
    note(fn, true);
    for (const value of Object.values(captures)) if (typeof value === 'function') note(value, false);
    return body();
  } finally {
    for (const target of mine) named.delete(target);
  }
}
