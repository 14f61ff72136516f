import { reportUncaught, type WaitOptions } from '@interleave/core';
import { park } from '../park.js';
import { parkWithin } from '../park-within.js';

/** @internal Where greenlets and `AsyncResult`s keep what they come to. */
export const outcomeOf: unique symbol = Symbol('outcome');

/** @internal What has been put behind it in one turn comes in its order in the next. */
export const nextTurn: Promise<void> = Promise.resolve();

interface Listener {
  readonly call: () => void;
  readonly key: unknown;
}

/**
 * What a greenlet or an `AsyncResult` comes to, and who wants to know.
 *
 * Whoever listens is called once, in the order of registration, in a turn of its own after the end; also whoever came
 * too late.
 *
 * @internal
 */
export class Outcome<T> {
  #state: 'open' | 'value' | 'error' = 'open';
  #value: T | undefined;
  #error: unknown;
  #seen = false;
  #calling = false;
  /** Made when somebody wants to know: most of a hundred thousand greenlets have one listener, for a moment. */
  #listeners: Set<Listener> | undefined;

  get settled(): boolean {
    return this.#state !== 'open';
  }

  get failed(): boolean {
    return this.#state === 'error';
  }

  get value(): T | undefined {
    return this.#value;
  }

  get error(): unknown {
    return this.#error;
  }

  /** How many want to know. */
  get listeners(): number {
    return this.#listeners?.size ?? 0;
  }

  /** @param where - who is told of by the uncaught hook if `error` reaches nobody within a turn of the event loop */
  fail(error: unknown, where?: () => string): void {
    this.#state = 'error';
    this.#error = error;
    this.#call();
    if (where === undefined) return;
    setImmediate(() => {
      if (!this.#seen) reportUncaught(error, { where: where() });
    });
  }

  succeed(value: T): void {
    this.#state = 'value';
    this.#value = value;
    this.#call();
  }

  /** Tells that the error has reached somebody. */
  see(): void {
    this.#seen = true;
  }

  /**
   * @param key - for {@link forget}
   * @returns takes it out again
   */
  listen(call: () => void, key?: unknown): () => void {
    const listener = { call, key };
    const listeners = (this.#listeners ??= new Set());
    listeners.add(listener);
    if (this.settled) this.#call();
    return () => {
      listeners.delete(listener);
    };
  }

  /** Takes out the first listener with this key, if there is one. */
  forget(key: unknown): void {
    for (const listener of this.#listeners ?? []) {
      if (listener.key !== key) continue;
      this.#listeners?.delete(listener);
      return;
    }
  }

  /** Waits for the end; true, or false if the time is over. */
  wait(what: string, options?: WaitOptions): Promise<boolean> {
    return parkWithin(
      what,
      (done) => {
        if (!this.settled) return this.listen(done);
        done();
        return () => {};
      },
      options,
    );
  }

  /** Waits for the value. */
  get(what: string, options?: WaitOptions): Promise<T> {
    return park<T>(
      what,
      ({ wake, fail }) => {
        const deliver = (): void => {
          if (!this.failed) wake(this.#value as T);
          else if (fail(this.#error)) this.#seen = true;
        };
        if (!this.settled) return this.listen(deliver);
        deliver();
        return undefined;
      },
      options,
    );
  }

  #call(): void {
    const listeners = this.#listeners;
    if (this.#calling || listeners === undefined) return;
    this.#calling = true;
    void nextTurn.then(() => {
      // Those that are added meanwhile come last, in the same round.
      for (const listener of listeners) {
        listeners.delete(listener);
        listener.call();
      }
      this.#calling = false;
    });
  }
}
