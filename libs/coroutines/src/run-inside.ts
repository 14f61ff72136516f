import { asOwner } from '@interleave/core';
import { currentFiber, type Fiber, type Parked } from './fiber.js';

/**
 * Runs `body` as `inner`, a part of what the current fiber does: interruptions of the one around are passed on to it, and
 * interruptions of `inner` reach nothing but `body`. That is how a time limit or a group stops one branch of a task and
 * not the others.
 *
 * @param inner - a new fiber whose `outer` is the current owner
 * @param ownError - whether an error is the caller's own interruption of `inner`; one that has not arrived when `body`
 *   ends is forgotten, and any other goes back to the fiber around
 */
export async function runInside<T>(
  inner: Fiber,
  body: () => T | PromiseLike<T>,
  ownError: (error: unknown) => boolean,
): Promise<Awaited<T>> {
  const around = currentFiber();
  const early = around?.arrived();
  if (early !== undefined) inner.interrupt(early.error);
  const passOn: Parked = {
    fail(error) {
      inner.interrupt(error);
      return true;
    },
  };
  around?.enter(passOn);
  try {
    // Awaited inside: what a plain function returns may be a task, whose wait has to belong to `inner`.
    return await asOwner(inner, async () => await body());
  } finally {
    around?.leave(passOn);
    const left = inner.arrived();
    if (left !== undefined && !ownError(left.error)) around?.interrupt(left.error);
  }
}
