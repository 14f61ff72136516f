import { Future } from './future.js';

/**
 * Reads an iterable of futures once, without duplicates.
 *
 * @internal
 * @param who - the function that was called, for the message
 * @throws {TypeError} if it is not an iterable of futures
 */
export function futuresOf<F extends Future<unknown>>(futures: Iterable<F>, who: string): Set<F> {
  const given: unknown = futures;
  if (given instanceof Future) throw new TypeError(`Cannot ${who} for a single Future: put it into an array`);
  if (typeof given !== 'object' || given === null || !(Symbol.iterator in given)) {
    throw new TypeError(`Cannot ${who} for ${typeof given}: pass an iterable of futures`);
  }
  const all = new Set<F>();
  for (const future of futures) {
    if (!((future as unknown) instanceof Future)) {
      throw new TypeError(`Cannot ${who} for ${typeof future} among the futures: pass what submit returned`);
    }
    all.add(future);
  }
  return all;
}
