/**
 * Every schedule up to a bound, each exactly once: depth first, and each execution from its beginning (stateless).
 *
 *     last execution   0 0 0 1 1 | 1          at this step there was another choice, within the bound
 *     next one         0 0 0 1 1 | 0 ...      the same up to there, then that one, then as it comes
 *
 * What a choice costs: taking the baton from a thread that could go on is a preemption, and so is letting time run out
 * while somebody could go on; each is one of the bound. Kills are counted by themselves. All else is free, so with
 * bound 0 the threads run one after the other, in every order of their waits.
 *
 * Source: iterative context bounding, Musuvathi and Qadeer, PLDI 2007.
 */
import { KILL, NOBODY, ORDERS, POLICY, STAY, STEP, TIME, type Control } from './control.js';
import type { Plan } from './plan.js';
import { preemptionsOf } from './preemptions.js';
import { has } from './thread-sets.js';

/** How far a search goes. */
export interface Bounds {
  readonly bound: number;
  readonly crashes: number;
}

/** Goes through the schedules; the control memory holds where it is. */
export class BoundedSearch implements Plan {
  readonly #control: Control;
  readonly #bounds: Bounds;

  constructor(control: Control, bounds: Bounds) {
    this.#control = control;
    this.#bounds = bounds;
  }

  next(): boolean {
    const { head, orders, chosen } = this.#control;
    head[POLICY] = STAY;
    for (let step = (head[STEP] as number) - 1; step >= 0; step--) {
      const next = this.#other(step);
      if (next === NOBODY) continue;
      for (let before = 0; before < step; before++) orders[before] = chosen[before] as number;
      orders[step] = next;
      head[ORDERS] = step + 1;
      return true;
    }
    return false;
  }

  /**
   * What comes after what was chosen at a step, and is within the bounds: first what needs no reason, then the others, by
   * their kinds and numbers.
   */
  #other(step: number): number {
    const { chosen, standard, runnable, timed, live, spent, killed } = this.#control;
    const { bound, crashes } = this.#bounds;
    const was = chosen[step] as number;
    const after = was === standard[step] ? NOBODY : was;
    const left = bound - (spent[step] as number);
    if (after < TIME) {
      const next = this.#among(step, runnable[step] as number, 0, after, left);
      if (next !== NOBODY) return next;
    }
    if (after < KILL) {
      const next = this.#among(step, timed[step] as number, TIME, after, left);
      if (next !== NOBODY) return next;
    }
    if ((killed[step] as number) >= crashes) return NOBODY;
    return this.#among(step, live[step] as number, KILL, after, left);
  }

  /** The first choice of a kind that is greater than another one, and costs no more than what is left. */
  #among(step: number, threads: number, kind: number, after: number, left: number): number {
    const { standard, handle } = this.#control;
    for (let choice = Math.max(kind, after + 1); choice < kind + handle.threads; choice++) {
      if (!has(threads, choice - kind) || choice === standard[step]) continue;
      if (preemptionsOf(this.#control, step, choice) <= left) return choice;
    }
    return NOBODY;
  }
}
