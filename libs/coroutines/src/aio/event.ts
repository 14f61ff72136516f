import type { WaitOptions } from '@interleave/core';
import { Waiters } from '../waiters.js';

/**
 * A flag that tasks can wait for.
 *
 * For tasks of one event loop; between threads or processes, take the Event of `events`.
 *
 * **Fairness** `set` wakes all who wait, in the order they came.
 * **Cancellation** a cancelled wait leaves nothing behind.
 *
 * @example
 * ```ts
 * const ready = new aio.Event();
 * aio.spawn(async () => { await warmUp(); ready.set(); });
 * await ready.wait();
 * ```
 */
export class Event {
  #set = false;
  readonly #line = new Waiters<boolean>();

  /** Whether it is set. */
  isSet(): boolean {
    return this.#set;
  }

  /** Sets it and wakes all who wait. */
  set(): void {
    this.#set = true;
    this.#line.wakeAll(true);
  }

  /** Takes it back: later waits wait again. Who was woken already is not held up. */
  clear(): void {
    this.#set = false;
  }

  /**
   * Waits until it is set; not at all if it is.
   *
   * @returns true, or false if the time is over; a timeout below 0 counts as 0
   * @throws {CancelledError} when the task is cancelled, or the signal aborts
   * @throws {TypeError | RangeError} for a bad timeout
   */
  async wait(options: WaitOptions = {}): Promise<boolean> {
    if (this.#set) return true;
    return this.#line.wait('wait for an Event', { ...options, late: { value: false } }, () => {});
  }

  toString(): string {
    return `<Event ${this.#set ? 'set' : 'unset'}, ${this.#line.length} waiting>`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}
