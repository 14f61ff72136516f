import { Line } from './line.js';
import type { Coroutine, Task } from './task.js';
import { Wait } from './wait.js';

class Permit extends Wait<void> {
  readonly #semaphore: Semaphore;
  readonly #line: Line;

  constructor(semaphore: Semaphore, line: Line) {
    super();
    this.#semaphore = semaphore;
    this.#line = line;
  }

  arm(task: Task): void {
    // Who comes now stands behind who waits already, also if there is a permit for a moment.
    if (this.#line.size === 0 && this.#semaphore.tryAcquire()) task.wake(this, undefined);
    else this.#line.push(task);
  }

  disarm(task: Task): void {
    this.#line.delete(task);
  }

  toString(): string {
    return `a permit of ${this.#semaphore.toString()}`;
  }
}

/**
 * Lets at most so many tasks of a Scheduler into a section at once. The tasks of `aio` have `aio.Semaphore`, and other
 * threads take that of `@interleave/locks`.
 *
 * **Fairness** first come, first served; a permit that is released goes to who waits, and nobody can take it in between.
 * **Cancellation** who is cancelled in the line has taken no permit.
 *
 * @example
 * ```ts
 * const atMostTwo = new Semaphore(2);
 * scheduler.spawn(function* () {
 *   yield* atMostTwo.withPermit(download);
 * });
 * ```
 */
export class Semaphore {
  readonly #line = new Line();
  readonly #permit: Permit;
  #value: number;

  /**
   * @param permits - how many at once; an integer from 0
   * @throws {RangeError} if it is not such an integer
   */
  constructor(permits = 1) {
    if (!Number.isSafeInteger(permits) || permits < 0) {
      throw new RangeError(`Cannot make a Semaphore with ${permits} permits: pass an integer from 0`);
    }
    this.#value = permits;
    this.#permit = new Permit(this, this.#line);
  }

  /** How many permits are free. */
  get value(): number {
    return this.#value;
  }

  /** What to yield for a permit. */
  acquire(): Wait<void> {
    return this.#permit;
  }

  /** Takes a permit if one is free. */
  tryAcquire(): boolean {
    if (this.#value === 0) return false;
    this.#value -= 1;
    return true;
  }

  /** Gives a permit back, to who has waited longest. Anyone may, and more than was taken. */
  release(): void {
    const next = this.#line.shift();
    if (next === undefined) this.#value += 1;
    else next.wake(this.#permit, undefined);
  }

  /** Runs a generator function with a permit, and gives it back however that ends. */
  *withPermit<T>(body: () => Coroutine<T>): Coroutine<T> {
    yield this.#permit;
    try {
      return yield* body();
    } finally {
      this.release();
    }
  }

  toString(): string {
    return `Semaphore (${this.#value} free)`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}
