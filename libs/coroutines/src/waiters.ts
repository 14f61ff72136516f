import { currentFiber } from './fiber.js';
import { Line } from './line.js';
import { park, type ParkOptions, type Wakers } from './park.js';

/** Those who wait for the same thing, first come, first served; who has left the line is never asked. */
export class Waiters<T> {
  readonly #line = new Line<Wakers<T>>();

  /** How many wait. */
  get length(): number {
    return this.#line.size;
  }

  /**
   * Waits at the end of the line; see {@link park}.
   *
   * @param passOn - called with what it was woken with, if a cancellation came between the wake-up and its turn: gives it to
   *   the next
   */
  async wait(what: string, options: ParkOptions<T>, passOn: (value: T) => void): Promise<T> {
    const value = await park<T>(what, (wakers) => this.#line.push(wakers), options);
    const interruption = currentFiber()?.arrived();
    if (interruption === undefined) return value;
    passOn(value);
    throw interruption.error;
  }

  /** Wakes the first in line; false if nobody waits. */
  wakeFirst(value: T): boolean {
    return this.#line.shift()?.wake(value) ?? false;
  }

  /** Wakes all who wait now, in order. */
  wakeAll(value: T): void {
    for (let left = this.#line.size; left > 0; left--) this.#line.shift()?.wake(value);
  }

  /** Ends the waits of all who wait now, with an error for each. */
  failAll(error: () => unknown): void {
    for (let left = this.#line.size; left > 0; left--) this.#line.shift()?.fail(error());
  }
}
