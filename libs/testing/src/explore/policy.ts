import { CHANGES, NOBODY, POLICY, PRIORITIES, RANDOM, SEED, TIME, type Control } from './control.js';
import { has, lowest, size } from './thread-sets.js';

/** What becomes of steps for which there is no order: stay with the current thread, the highest priority, or at random. */
export class Policy {
  readonly #control: Control;

  constructor(control: Control) {
    this.#control = control;
  }

  /** The choice for a step that has no order. */
  choose(step: number, current: number, runnable: number, timed: number, standard: number): number {
    const { head, priority, changes } = this.#control;
    if (head[POLICY] === RANDOM) return this.#draw(runnable, timed);
    if (head[POLICY] !== PRIORITIES) return standard;
    for (let at = 0; at < (head[CHANGES] as number); at++) {
      if (changes[at] !== step || current === NOBODY) continue;
      // What makes the difference may as well be time that runs out.
      if (timed !== 0 && this.below(2) === 0) return TIME + lowest(timed);
      priority[current] = -1 - at;
    }
    let best = standard;
    for (let thread = 0; thread < priority.length; thread++) {
      if (has(runnable, thread) && (priority[thread] as number) > (priority[best] as number)) best = thread;
    }
    return best;
  }

  #draw(runnable: number, timed: number): number {
    let left = this.below(size(runnable) + size(timed));
    for (let thread = 0; ; thread++) {
      if (has(runnable, thread) && left-- === 0) return thread;
      if (has(timed, thread) && left-- === 0) return TIME + thread;
    }
  }

  /** A whole number below the limit, from a generator that all threads share: xorshift32 by George Marsaglia. */
  below(limit: number): number {
    const { head } = this.#control;
    let seed = head[SEED] as number;
    seed ^= seed << 13;
    seed ^= seed >>> 17;
    seed ^= seed << 5;
    head[SEED] = seed;
    return (seed >>> 0) % limit;
  }
}
