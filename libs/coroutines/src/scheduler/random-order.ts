import type { Order } from './scheduler.js';

/**
 * An order at random, the same for the same seed: Marsaglia's 32-bit xorshift (2003).
 *
 * @param seed - a whole number
 * @throws {RangeError} if it is not a safe integer
 *
 * @example
 * ```ts
 * const scheduler = new Scheduler({ order: randomOrder(7) });
 * ```
 */
export function randomOrder(seed: number): Order {
  if (!Number.isSafeInteger(seed)) throw new RangeError(`Cannot seed with ${seed}: pass a whole number`);
  // Multiplied, so that neighbouring seeds begin far apart; and 0 would stay 0 for ever.
  let state = Math.imul(seed, 0x9e3779b1) || 1;
  return (ready) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % ready.length;
  };
}
