import { GreenletExit } from '@interleave/core';

/**
 * Whether an error says that the greenlet is being killed.
 *
 * A plain `catch` catches everything in JavaScript, also this. Let it through, or the greenlet cannot be killed.
 *
 * @example
 * ```ts
 * try {
 *   await gevent.sleep(1_000);
 * } catch (error) {
 *   if (gevent.isGreenletExit(error)) throw error;
 *   retry();
 * }
 * ```
 */
export function isGreenletExit(error: unknown): error is GreenletExit {
  return error instanceof GreenletExit;
}
