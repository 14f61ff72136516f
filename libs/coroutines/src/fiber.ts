import { currentOwner, type Clock, type Owner } from '@interleave/core';
import { loopClock } from './loop-clock.js';

/** A wait in progress. */
export interface Parked {
  /** Ends the wait with an error; false if it is over already. */
  fail(error: unknown): boolean;
}

/**
 * What a `Task` of `aio` and a `Greenlet` of `gevent` have in common: an async body that can be interrupted where it
 * waits.
 *
 * JavaScript lets nobody stop a function between two awaits, nor at an await of a foreign promise. So there is one
 * place where an interruption arrives: {@link park}, in which every wait of this package ends up. A body in a wait is
 * woken with the error; one that is busy elsewhere meets it at its next wait. It may catch it and go on.
 *
 * A fiber is an owner in the sense of `core`, so an `RLock` keeps two fibers apart, and it is found again behind every
 * await by the same means.
 */
export class Fiber implements Owner {
  /** Whose locks it holds as well: nobody's, unless it is a part of what another fiber does (`runInside`). */
  readonly outer: Owner | undefined;
  /** Whose time it waits by: that of the fiber that started it, or the loop's. */
  readonly clock: Clock;
  /** Most fibers are in one wait or in none, and there are many fibers: a set is made for the second. */
  #parked: Parked | Set<Parked> | undefined = undefined;
  #pending: { readonly error: unknown } | undefined = undefined;

  constructor(clock: Clock = currentClock(), outer?: Owner) {
    this.clock = clock;
    this.outer = outer;
  }

  /**
   * Throws `error` in every wait that the body is in now; if it is in none, in the next one. A second interruption that
   * comes before the first one has arrived replaces it.
   */
  interrupt(error: unknown): void {
    this.#pending = { error };
    const parked = this.#parked instanceof Set ? [...this.#parked] : this.#parked === undefined ? [] : [this.#parked];
    for (const each of parked) {
      if (each.fail(error)) this.#pending = undefined;
    }
  }

  /** Takes back an interruption that has not arrived yet; false if it has, or if another one took its place. */
  takeBack(error: unknown): boolean {
    if (this.#pending === undefined || this.#pending.error !== error) return false;
    this.#pending = undefined;
    return true;
  }

  /** For {@link park}: the interruption to throw before a wait begins. It counts as arrived. */
  arrived(): { readonly error: unknown } | undefined {
    const pending = this.#pending;
    if (pending !== undefined) this.#pending = undefined;
    return pending;
  }

  /** For {@link park}. */
  enter(wait: Parked): void {
    if (this.#parked === undefined) this.#parked = wait;
    else if (this.#parked instanceof Set) this.#parked.add(wait);
    else this.#parked = new Set([this.#parked, wait]);
  }

  /** For {@link park}. */
  leave(wait: Parked): void {
    if (this.#parked === wait) this.#parked = undefined;
    else if (this.#parked instanceof Set) this.#parked.delete(wait);
  }
}

/** The fiber that the running code belongs to. */
export function currentFiber(): Fiber | undefined {
  for (let each: Owner | undefined = currentOwner(); each !== undefined; each = each.outer) {
    if (each instanceof Fiber) return each;
  }
  return undefined;
}

/** The clock of the current fiber; outside of any, that of the event loop. */
export function currentClock(): Clock {
  return currentFiber()?.clock ?? loopClock;
}
