import { systemClock, type Clock } from './clock.js';
import { TimeoutError } from './errors.js';
import { checkTimeout, type NegativeTimeout } from './timeout.js';

/**
 * A moment after which waiting is over. Make one at the start of an operation and hand it down: every step then shares
 * the same limit, where a plain timeout would begin anew at each step.
 *
 * @example
 * ```ts
 * const deadline = Deadline.after(1_000);
 * await connect({ timeout: deadline.remaining() });
 * await login({ timeout: deadline.remaining() }); // what connect left over
 * ```
 */
export class Deadline {
  readonly #clock: Clock;
  readonly #due: number;

  private constructor(clock: Clock, due: number) {
    this.#clock = clock;
    this.#due = due;
  }

  /**
   * The moment `timeout` milliseconds from now.
   *
   * @param timeout - milliseconds; `undefined` and `Infinity` never come
   * @param options - `clock`: whose time it is, the real one if left out; `negative`: see {@link checkTimeout}
   * @throws {TypeError | RangeError} as {@link checkTimeout} does
   */
  static after(
    timeout: number | undefined,
    options: { readonly clock?: Clock; readonly negative?: NegativeTimeout } = {},
  ): Deadline {
    const clock = options.clock ?? systemClock;
    return new Deadline(clock, clock.now() + checkTimeout(timeout, options.negative));
  }

  /** A deadline that never comes. */
  static never(): Deadline {
    return new Deadline(systemClock, Infinity);
  }

  /** Milliseconds that are left, never below 0; `Infinity` if it never comes. */
  remaining(): number {
    return this.#due === Infinity ? Infinity : Math.max(0, this.#due - this.#clock.now());
  }

  /** Whether the moment has come. */
  get expired(): boolean {
    return this.remaining() === 0;
  }

  /**
   * Throws if the moment has come.
   *
   * @param what - what took too long, for the message: `Cannot ${what}: time ran out`
   * @throws {TimeoutError} if it has
   */
  check(what: string): void {
    if (this.expired) throw new TimeoutError(`Cannot ${what}: time ran out`);
  }
}
