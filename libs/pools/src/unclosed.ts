import type { PoolCrew } from './pool-crew.js';

/** Made by the first pool. It must be reachable itself, or it reports nothing. */
let registry: FinalizationRegistry<PoolCrew> | undefined;

/**
 * Notices when a pool cannot be reached any more although it was neither closed nor terminated: warns of it, and lets
 * its workers go when they have done what they have to do.
 *
 * @internal
 * @returns to be called when the pool was closed
 */
export function watchUnclosed(pool: object, crew: PoolCrew): () => void {
  registry ??= new FinalizationRegistry((left) => {
    if (left.lost) return;
    process.emitWarning(`unclosed running pool ${left.name}: call its close() or terminate(), or use scoped()`, {
      type: 'ResourceWarning',
      code: 'INTERLEAVE_UNCLOSED_POOL',
    });
    void left.shutdown({ wait: false });
  });
  const watching = registry;
  const token = {};
  watching.register(pool, crew, token);
  return () => void watching.unregister(token);
}
