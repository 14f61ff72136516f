import { asOwner, currentOwner } from '@interleave/core';
import { currentFiber, Fiber, type Parked } from './fiber.js';

/** A part of what a fiber does, which can be interrupted without the rest. */
class InnerFiber extends Fiber {
  override readonly outer = currentOwner();
}

/**
 * Runs a part of what the current fiber does as a fiber of its own: an interruption of the inner one stays inside, one of
 * the outer one reaches the inner one, too. Works outside of any fiber as well.
 *
 * @param body - gets the inner fiber
 * @returns what `body` returned
 * @throws what `body` throws, and an interruption of the outer fiber that had not arrived yet
 */
export async function runInner<T>(body: (inner: Fiber) => T | PromiseLike<T>): Promise<Awaited<T>> {
  const outer = currentFiber();
  const before = outer?.arrived();
  if (before !== undefined) throw before.error;
  const inner = new InnerFiber();
  // From outside it is one long wait.
  const wait: Parked = {
    fail: (error) => {
      inner.interrupt(error);
      return true;
    },
  };
  outer?.enter(wait);
  try {
    return await asOwner(inner, () => body(inner));
  } finally {
    outer?.leave(wait);
    const left = inner.arrived();
    if (left !== undefined) outer?.interrupt(left.error);
  }
}
