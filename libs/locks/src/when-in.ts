import { Hold, scoped } from '@interleave/core';

/**
 * Runs `body` when its turn has come, and gives the turn back however `body` ends.
 *
 * For a body that awaits nothing this is one promise besides the one of the wait. Async functions, as in
 * `scoped(lock.hold(), body)`, take four, which is most of what a turn costs when many wait.
 *
 * @param turn - resolves when the turn has come
 * @param giveBack - called once if it has
 */
export function whenIn<T>(
  turn: Promise<boolean>,
  giveBack: () => void,
  body: () => T | PromiseLike<T>,
): Promise<Awaited<T>> {
  return turn.then(() => runIn(giveBack, body));
}

function runIn<T>(giveBack: () => void, body: () => T | PromiseLike<T>): Awaited<T> | Promise<Awaited<T>> {
  let value: T | PromiseLike<T>;
  try {
    value = body();
  } catch (error) {
    return scoped(new Hold(giveBack), () => Promise.reject<T>(error as Error));
  }
  if (isPrimitive(value)) {
    giveBack();
    return value as Awaited<T>;
  }
  // It may be a promise, or something like one.
  return scoped(new Hold(giveBack), () => value);
}

function isPrimitive(value: unknown): boolean {
  return value === null || (typeof value !== 'object' && typeof value !== 'function');
}
