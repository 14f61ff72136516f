/**
 * Gathers everything an iterable yields into an array. The same as `for await` with a push, for places that cannot
 * write it, such as notebook cells.
 *
 * **Errors** the first step that throws ends the collection, the iterable is told to stop, and the error comes out.
 * What had arrived until then is lost; iterate by hand to keep it.
 *
 * @param iterable - an async iterable, or a plain one (whose promises are awaited one after another)
 * @returns the values, in the order they came
 * @throws {TypeError} if it is not iterable
 *
 * @example
 * ```ts
 * const squares = await collect(pool.map((n: number) => n * n, [1, 2, 3])); // [1, 4, 9]
 * ```
 */
export async function collect<T>(iterable: AsyncIterable<T> | Iterable<T | PromiseLike<T>>): Promise<T[]> {
  if (typeof iterable !== 'object' && typeof iterable !== 'string' && typeof iterable !== 'function') {
    throw new TypeError(`Cannot collect ${String(iterable)}: pass an iterable`);
  }
  const values: T[] = [];
  for await (const value of iterable) values.push(value);
  return values;
}
