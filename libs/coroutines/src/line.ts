import { currentFiber } from './fiber.js';
import { park, type ParkOptions, type Wakers } from './park.js';

/** Those who wait for the same thing, first come, first served; who has left the line is never asked. */
export class Line<T> {
  readonly #waiting = new Set<Wakers<T>>();

  /** How many wait. */
  get length(): number {
    return this.#waiting.size;
  }

  /**
   * Waits at the end of the line; see {@link park}.
   *
   * @param passOn - called with what it was woken with, if a cancellation came between the wake-up and its turn: gives it to
   *   the next
   */
  async wait(what: string, options: ParkOptions<T>, passOn: (value: T) => void): Promise<T> {
    const value = await park<T>(
      what,
      (wakers) => {
        this.#waiting.add(wakers);
        return () => this.#waiting.delete(wakers);
      },
      options,
    );
    const interruption = currentFiber()?.arrived();
    if (interruption === undefined) return value;
    passOn(value);
    throw interruption.error;
  }

  /** Wakes the first in line; false if nobody waits. */
  wakeFirst(value: T): boolean {
    const first = this.#take();
    return first !== undefined && first.wake(value);
  }

  /** Wakes all who wait now, in order. */
  wakeAll(value: T): void {
    for (let each = this.#take(); each !== undefined; each = this.#take()) each.wake(value);
  }

  /** Ends the waits of all who wait now, with an error for each. */
  failAll(error: () => unknown): void {
    for (let each = this.#take(); each !== undefined; each = this.#take()) each.fail(error());
  }

  #take(): Wakers<T> | undefined {
    const [first] = this.#waiting;
    if (first !== undefined) this.#waiting.delete(first);
    return first;
  }
}
