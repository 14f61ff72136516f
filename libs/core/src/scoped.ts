/** Something that must be closed: it has `Symbol.asyncDispose` or `Symbol.dispose`, or a `close()` or `shutdown()`. */
export type Resource =
  | { [Symbol.asyncDispose](): PromiseLike<unknown> }
  | { [Symbol.dispose](): void }
  | { close(): unknown }
  | { shutdown(): unknown };

/**
 * Runs `body` with a resource and closes the resource afterwards, however `body` ends. The same as `await using` in a
 * block, for places that cannot write it, such as notebook cells.
 *
 * Closing waits: an executor finishes what was submitted. If `body` threw and closing throws too, `body`'s error comes
 * out with the other one as `suppressed`, so that the first cause is not lost.
 *
 * @param resource - what to close; a promise of one is awaited first
 * @param body - what to do with it; may be async
 * @returns what `body` returned
 * @throws {TypeError} if the resource has no way to be closed; `body` is not called then
 *
 * @example
 * ```ts
 * const pages = await scoped(new ThreadPoolExecutor({ maxWorkers: 5 }), (pool) => collect(pool.map(download, urls)));
 * ```
 */
export async function scoped<R extends Resource, T>(
  resource: R | PromiseLike<R>,
  body: (resource: R) => T | PromiseLike<T>,
): Promise<Awaited<T>> {
  const opened = await resource;
  const close = closer(opened);
  let value: Awaited<T>;
  try {
    value = await body(opened);
  } catch (error) {
    try {
      await close();
    } catch (suppressed) {
      if (error instanceof Error) Object.defineProperty(error, 'suppressed', { value: suppressed, configurable: true });
    }
    throw error;
  }
  await close();
  return value;
}

function closer(resource: object): () => unknown {
  // Under Node 20 the symbols exist, but the language's own `using` does not.
  for (const key of [Symbol.asyncDispose, Symbol.dispose, 'close', 'shutdown'] as const) {
    const method: unknown = resource === null || resource === undefined ? undefined : Reflect.get(resource, key);
    if (typeof method === 'function') return () => Reflect.apply(method, resource, []) as unknown;
  }
  throw new TypeError('Cannot scope a value that cannot be closed: give it Symbol.asyncDispose, close() or shutdown()');
}
