/**
 * The states that a search has been in, and how much of its bound was left there: coming to one again with no more left is
 * nothing new.
 *
 * The thread that was at work counts, too, since taking the baton from it costs one of the bound:
 *
 *     seen with nobody at work and r left    covers r with anybody at work
 *     seen with A at work and r left         covers r with A, and r - 1 with any other
 *
 * A table in shared memory, since each thread of the exploration may be the one that decides. It never forgets; when it is full
 * no more is added, which costs time and misses nothing.
 */
import { NOBODY, SEEN, SEEN_STATE as ENTRY, type Control } from './control.js';

/** The most threads, and the greatest bound but `Infinity`, that fit into half a byte each. */
export const MOST_REDUCED_THREADS = 7;
export const MOST_REDUCED_BOUND = 13;
/** What stands for a bound without end. */
const ALL = 15;

/** See above. */
export class SeenStates {
  readonly #control: Control;
  readonly #bound: number;

  constructor(control: Control, bound: number) {
    this.#control = control;
    this.#bound = bound;
  }

  /**
   * Notes the state.
   *
   * @param current - who was at work, or `NOBODY`
   * @param spent - how much of the bound
   * @returns whether all that can come of it is known already
   */
  covers(first: number, second: number, current: number, spent: number): boolean {
    const { head, seen } = this.#control;
    const size = seen.length / ENTRY;
    // Nothing stands for an empty entry.
    const key = first === 0 ? 1 : first;
    let at = (second >>> 0) % size;
    while (seen[at * ENTRY] !== 0 && !(seen[at * ENTRY] === key && seen[at * ENTRY + 1] === second))
      at = (at + 1) % size;
    const known = seen[at * ENTRY] !== 0;
    const levels = known ? (seen[at * ENTRY + 2] as number) : 0;
    const level = this.#bound === Infinity ? ALL : this.#bound - spent + 1;
    const mine = current === NOBODY ? MOST_REDUCED_THREADS : current;
    for (let who = 0; who <= MOST_REDUCED_THREADS; who++) {
      const had = (levels >>> (who * 4)) & 15;
      if (had >= level + (who === mine || who === MOST_REDUCED_THREADS ? 0 : 1)) return true;
    }
    if (!known) {
      if ((head[SEEN] as number) * 4 > size * 3) return false;
      head[SEEN] = (head[SEEN] as number) + 1;
      seen[at * ENTRY] = key;
      seen[at * ENTRY + 1] = second;
    }
    seen[at * ENTRY + 2] = (levels & ~(15 << (mine * 4))) | (level << (mine * 4));
    return false;
  }
}
