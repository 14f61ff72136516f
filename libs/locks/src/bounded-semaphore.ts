import { Semaphore } from './semaphore.js';

/**
 * A Semaphore that never has more permits than it began with: a `release` too many is an error where it is made, and
 * not an overload later.
 *
 * @example
 * ```ts
 * const connections = new BoundedSemaphore(10);
 * connections.release(); // RangeError: 10 of 10 are free
 * ```
 */
export class BoundedSemaphore extends Semaphore {
  override toString(): string {
    return `<${this.called()} value ${this.value}/${this.limit}>`;
  }

  /** @internal */
  protected override limitOf(permits: number): number {
    return permits;
  }

  /** @internal */
  protected override called(): string {
    return this.name === undefined ? 'BoundedSemaphore' : `BoundedSemaphore ${JSON.stringify(this.name)}`;
  }
}
