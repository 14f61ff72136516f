import { Semaphore } from './semaphore.js';

/**
 * A Semaphore that never has more permits than it began with: a `release` too many is an error where it is made, and
 * not an overload later.
 *
 * @example
 * ```ts
 * const connections = new aio.BoundedSemaphore(10);
 * connections.release(); // RangeError: 10 of 10 are free
 * ```
 */
export class BoundedSemaphore extends Semaphore {
  /** @internal */
  protected override limitOf(permits: number): number {
    return permits;
  }

  /** @internal */
  protected override called(): string {
    return `Bounded${super.called()}`;
  }
}
