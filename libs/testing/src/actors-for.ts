import { Actor, type ActorGround } from './actor.js';

/** How a test starts actors; all end with it. */
export interface Actors {
  /** Starts one. */
  startActor(ground?: ActorGround): Actor;
  /** Starts several. */
  startActors(count: number, ground?: ActorGround): Actor[];
}

/**
 * Threads and processes that do what tests of a lib tell them, and that end when a test ends.
 *
 * @param module - the address of the compiled lib, whose classes they know
 * @param afterEach - the test runner's: is given what to do when a test has ended
 *
 * @example
 * ```ts
 * const { startActor } = actorsFor(new URL('../../dist/index.js', import.meta.url), afterEach);
 * const other = startActor('process');
 * await other.run((t) => t.lock.acquireSync(), { lock });
 * await other.kill();
 * ```
 */
export function actorsFor(module: URL, afterEach: (end: () => Promise<void>) => void): Actors {
  const living = new Set<Actor>();
  afterEach(async () => {
    await Promise.all([...living].map((actor) => actor.kill()));
  });
  const startActor = (ground: ActorGround = 'thread'): Actor => {
    const actor = new Actor(module, ground);
    living.add(actor);
    void actor.gone.then(() => living.delete(actor));
    return actor;
  };
  return {
    startActor,
    startActors: (count, ground) => Array.from({ length: count }, () => startActor(ground)),
  };
}
