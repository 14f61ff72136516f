/**
 * Those who wait in one thread, in order: a function for each who can only be let in, and an object for each who may leave
 * before.
 *
 * Of a hundred thousand waiters the garbage collector is most of the work, so a waiter should be small: a function that
 * its promise has anyway, and eight bytes for its place. Tried before: a list of linked objects, which takes a third more
 * time. Who leaves in the middle stays in the array, and counts no longer, until half of the array is like that.
 */

/** Lets a waiter in with true, sends it away with false, and with a rejected promise tells it why. */
export type LetIn = (entered: boolean | PromiseLike<boolean>) => void;

/** Who may leave before its turn. */
export interface Leaver {
  /** Whether it stands in the row; the row's own. */
  waits: boolean;
}

/** An array shorter than that is not worth tidying. */
const SHORT = 32;

/** See the overview. */
export class WaiterRow<T extends Leaver> {
  #row: (LetIn | T | undefined)[] = [];
  /** How many have had their turn. */
  #done = 0;
  /** How many of the others have left. */
  #left = 0;

  /** How many wait. */
  get size(): number {
    return this.#row.length - this.#done - this.#left;
  }

  /** Puts a waiter behind all others. */
  push(waiter: LetIn | T): void {
    this.#row.push(waiter);
  }

  /** Takes the first out of the row; undefined if nobody waits. */
  shift(): LetIn | T | undefined {
    while (this.#done < this.#row.length) {
      const waiter = this.#row[this.#done]!;
      // For the garbage collector.
      this.#row[this.#done] = undefined;
      this.#done += 1;
      if (typeof waiter === 'function' || waiter.waits) {
        if (typeof waiter !== 'function') waiter.waits = false;
        this.#tidy();
        return waiter;
      }
      this.#left -= 1;
    }
    return undefined;
  }

  /** Takes a waiter out of the row; returns whether it stood there. */
  leave(waiter: T): boolean {
    if (!waiter.waits) return false;
    waiter.waits = false;
    this.#left += 1;
    this.#tidy();
    return true;
  }

  #tidy(): void {
    const useless = this.#done + this.#left;
    if (useless < this.#row.length && (useless < SHORT || useless * 2 < this.#row.length)) return;
    const rest = this.#row.slice(this.#done);
    this.#row = rest.filter((waiter) => typeof waiter === 'function' || waiter!.waits);
    this.#done = 0;
    this.#left = 0;
  }
}
