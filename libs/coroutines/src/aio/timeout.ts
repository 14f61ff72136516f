import {
  CancelledError,
  checkTimeout,
  currentOwner,
  InvalidStateError,
  TimeoutError,
  type StopTimer,
} from '@interleave/core';
import { Fiber, currentClock } from '../fiber.js';
import { runInside } from '../run-inside.js';

/** The error by which a time limit stops its own body, and nobody else's. */
class OutOfTime extends CancelledError {}

/**
 * A limit of time for a piece of a task; made by {@link timeout} and {@link timeoutAt}.
 *
 * When the time is up, the body is cancelled at its wait, or at its next one; when it has ended by that, a `TimeoutError`
 * comes out of `run`. Nothing else of the task is touched.
 */
export class Timeout {
  #state: 'created' | 'entered' | 'expired' | 'left' = 'created';
  #limit: number | undefined;
  /** Its time, in place of a limit from the start. */
  #when: number | undefined;
  #fiber: Fiber | undefined;
  #stop: StopTimer | undefined;
  #error: OutOfTime | undefined;

  /** @internal */
  constructor(limit: { readonly after: number | undefined } | { readonly at: number | undefined }) {
    if ('at' in limit) this.#when = checkWhen(limit.at);
    else this.#limit = checkTimeout(limit.after);
  }

  /**
   * Runs `body`, and stops it when the time is up.
   *
   * @returns what `body` returned
   * @throws {TimeoutError} if it was stopped; `cause` is the cancellation
   * @throws what `body` threw otherwise
   * @throws {InvalidStateError} if it was run before
   */
  async run<T>(body: (timeout: this) => T | PromiseLike<T>): Promise<Awaited<T>> {
    if (this.#state !== 'created') {
      throw new InvalidStateError(`Cannot run under ${this.#called()}: it was entered before; make a new one`);
    }
    const fiber = new Fiber(currentClock(), currentOwner());
    this.#fiber = fiber;
    this.#state = 'entered';
    if (this.#limit !== undefined && this.#limit !== Infinity) this.#when = fiber.clock.now() + this.#limit;
    if (this.#limit === 0) this.#expire();
    else this.#arm();
    try {
      return await runInside(
        fiber,
        () => body(this),
        (error) => error === this.#error,
      );
    } catch (error) {
      if (error === this.#error) {
        throw new TimeoutError(`Cannot finish in time: ${this.#called()} is over`, { cause: error });
      }
      throw error;
    } finally {
      this.#stop?.();
      if (this.#state === 'entered') this.#state = 'left';
    }
  }

  /** Whether the time was up before the body was over. */
  expired(): boolean {
    return this.#state === 'expired';
  }

  /** When the time is up, by the clock of {@link now}; `undefined` if never, or not entered yet. */
  when(): number | undefined {
    return this.#when;
  }

  /**
   * Sets another time, earlier or later.
   *
   * @param when - by the clock of {@link now}; `undefined` for never
   * @throws {InvalidStateError} before the body has begun, and after the time is up or the body is over
   * @throws {TypeError | RangeError} if `when` is not such a time
   */
  reschedule(when: number | undefined): void {
    if (this.#state !== 'entered') {
      throw new InvalidStateError(`Cannot reschedule ${this.#called()}: it is ${this.#state}, and not entered`);
    }
    this.#when = checkWhen(when);
    this.#stop?.();
    this.#arm();
  }

  toString(): string {
    return `<${this.#called()} ${this.#state}>`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  #called(): string {
    if (this.#limit !== undefined) return `Timeout of ${this.#limit} ms`;
    return this.#when === undefined ? 'Timeout' : `Timeout at ${this.#when}`;
  }

  #arm(): void {
    const { clock } = this.#fiber!;
    this.#stop = this.#when === undefined ? undefined : clock.setTimer(this.#when - clock.now(), () => this.#expire());
  }

  #expire(): void {
    this.#state = 'expired';
    this.#error = new OutOfTime(`Cancelled by ${this.#called()}`, { reason: this });
    // A cancellation from outside that has not arrived yet counts for more.
    const before = this.#fiber!.arrived();
    this.#fiber!.interrupt(before === undefined ? this.#error : before.error);
  }
}

/**
 * A limit of time for a piece of a task.
 *
 * @param limit - milliseconds; `undefined` and `Infinity` for none, 0 for what needs no wait
 * @throws {TypeError | RangeError} if `limit` is not such a number
 *
 * @example
 * ```ts
 * const page = await aio.timeout(1_000).run(async () => parse(await download(url)));
 * ```
 */
export function timeout(limit: number | undefined): Timeout {
  return new Timeout({ after: limit });
}

/** As {@link timeout}, until a moment by the clock of {@link now}. */
export function timeoutAt(when: number | undefined): Timeout {
  return new Timeout({ at: when });
}

/** What time it is, in milliseconds, by the clock of the current task. */
export function now(): number {
  return currentClock().now();
}

function checkWhen(when: number | undefined): number | undefined {
  if (when === undefined || when === Infinity) return undefined;
  if (typeof when !== 'number') throw new TypeError(`Cannot wait until ${typeof when}: pass a number, as now() gives`);
  if (Number.isNaN(when)) throw new RangeError('Cannot wait until NaN: pass a number, as now() gives');
  return when;
}
