/**
 * Begins to walk an iterable.
 *
 * @internal
 * @throws {TypeError} if it is not iterable
 */
export function walk<T>(iterable: Iterable<T>): Iterator<T> {
  const given: unknown = iterable;
  const begin = (given as Partial<Iterable<T>> | null | undefined)?.[Symbol.iterator];
  if (typeof begin !== 'function') {
    throw new TypeError(`Cannot map over ${given === null ? 'null' : typeof given}: pass an iterable`);
  }
  return begin.call(given);
}

/**
 * Walks several iterables at once, as far as the shortest goes.
 *
 * @internal
 * @throws {TypeError} if one is not iterable
 */
export function zip(iterables: readonly Iterable<unknown>[]): Iterator<readonly unknown[]> {
  if (!Array.isArray(iterables)) throw new TypeError(`Cannot map over ${typeof iterables}: pass an array of iterables`);
  const walks = iterables.map((iterable: Iterable<unknown>) => walk(iterable));
  const close = (): IteratorResult<readonly unknown[]> => {
    for (const each of walks) each.return?.();
    return { done: true, value: undefined };
  };
  return {
    next: () => {
      const args: unknown[] = [];
      for (const [at, each] of walks.entries()) {
        const step = each.next();
        if (step.done === true) {
          // The others are told that nobody goes on; this one knows.
          walks.splice(at, 1);
          return close();
        }
        args.push(step.value);
      }
      return args.length === 0 ? close() : { done: false, value: args };
    },
    return: close,
  };
}
