/**
 * Schedules drawn at random, for programs that have too many to walk.
 *
 * `random` takes any thread at any step. `pct` gives the threads priorities, runs the highest that can, and at a few
 * random steps makes the current one the lowest: a bug that needs d orderings is then found with at least
 * 1 / (n * k^(d-1)) in each run of n threads and k steps (Burckhardt, Kothari, Musuvathi and Nagarakatte, ASPLOS 2010). At such a
 * step a wait may run out of time instead. Kills are drawn for any step, in both.
 */
import {
  CHANGES,
  DRAW,
  DRAWN,
  KILL,
  LONGEST,
  NOBODY,
  ORDERS,
  POLICY,
  PRIORITIES,
  RANDOM,
  SAVED,
  SEED,
  STEP,
  type Control,
} from './control.js';
import type { Plan } from './plan.js';

/** What a random search is drawn from. */
export interface RandomSearchOptions {
  readonly search: 'pct' | 'random';
  readonly runs: number;
  readonly seed: number;
  /** Changes of priorities in a run. */
  readonly bound: number;
  readonly crashes: number;
}

/** Draws each execution anew; the first, which is not drawn, shows how long one is. */
export class RandomSearch implements Plan {
  readonly #control: Control;
  readonly #options: RandomSearchOptions;

  constructor(control: Control, options: RandomSearchOptions) {
    this.#control = control;
    this.#options = options;
  }

  next(): boolean {
    const { head } = this.#control;
    const drawn = (head[DRAWN] as number) + 1;
    if (drawn === this.#options.runs) return false;
    if (drawn === 1) head[DRAW] = this.#options.seed;
    head[DRAWN] = drawn;
    head[LONGEST] = Math.max(head[LONGEST] as number, head[STEP] as number);
    head[ORDERS] = 0;
    // Each begins with its first step.
    head[SAVED] = 0;
    this.#draw();
    return true;
  }

  #draw(): void {
    const { head, changes, priority, orders } = this.#control;
    const { search, bound, crashes } = this.#options;
    const longest = head[LONGEST] as number;
    // The generator in the threads stands still at 0.
    head[SEED] = 1 + this.#below(2 ** 31 - 1);
    head[POLICY] = search === 'pct' ? PRIORITIES : RANDOM;
    if (search === 'pct') {
      head[CHANGES] = bound;
      for (let at = 0; at < bound; at++) changes[at] = 1 + this.#below(longest);
      this.#shuffle(priority);
    }
    if (crashes === 0) return;
    head[ORDERS] = longest;
    orders.fill(NOBODY, 0, longest);
    for (let kill = 0; kill < crashes; kill++) {
      orders[this.#below(longest)] = KILL + this.#below(priority.length);
    }
  }

  /** Priorities 0 to n - 1, in any order. */
  #shuffle(priority: Int32Array): void {
    for (let thread = 0; thread < priority.length; thread++) {
      const other = this.#below(thread + 1);
      priority[thread] = priority[other] as number;
      priority[other] = thread;
    }
  }

  /** A whole number below the limit: Mulberry32 by Tommy Ettinger. */
  #below(limit: number): number {
    const { head } = this.#control;
    const state = ((head[DRAW] as number) + 0x6d2b79f5) | 0;
    head[DRAW] = state;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  }
}
