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
import { has } from './scheduler.js';

/** How far a search goes. */
export interface Bounds {
  readonly bound: number;
  readonly crashes: number;
}

/** Goes through the schedules; the control memory holds where it is. */
export class BoundedSearch implements Plan {
  readonly exhaustive = true;
  readonly #control: Control;
  readonly #bounds: Bounds;
  #begun = false;

  constructor(control: Control, bounds: Bounds) {
    this.#control = control;
    this.#bounds = bounds;
  }

  next(): boolean {
    const { head, orders, chosen } = this.#control;
    head[POLICY] = STAY;
    if (!this.#begun) {
      this.#begun = true;
      head[ORDERS] = 0;
      return true;
    }
    const steps = head[STEP] as number;
    const { preemptions, kills } = this.#spent(steps);
    for (let step = steps - 1; step >= 0; step--) {
      const options = this.#options(step);
      const others = options.slice(options.indexOf(chosen[step] as number) + 1);
      const left = this.#bounds.bound - (preemptions[step] as number);
      const mayKill = (kills[step] as number) < this.#bounds.crashes;
      const next = others.find((choice) =>
        choice >= KILL ? mayKill : preemptionsOf(this.#control, step, choice) <= left,
      );
      if (next === undefined) continue;
      orders.set(chosen.subarray(0, step));
      orders[step] = next;
      head[ORDERS] = step + 1;
      return true;
    }
    return false;
  }

  /** What was spent before each step. */
  #spent(steps: number): { readonly preemptions: Int32Array; readonly kills: Int32Array } {
    const { chosen } = this.#control;
    const [preemptions, kills] = [new Int32Array(steps + 1), new Int32Array(steps + 1)];
    for (let step = 0; step < steps; step++) {
      const choice = chosen[step] as number;
      preemptions[step + 1] = (preemptions[step] as number) + preemptionsOf(this.#control, step, choice);
      kills[step + 1] = (kills[step] as number) + (choice >= KILL ? 1 : 0);
    }
    return { preemptions, kills };
  }

  /** All that could be chosen at a step: first what needs no reason, then the others by their numbers. */
  #options(step: number): readonly number[] {
    const { standard, runnable, timed, live, handle } = this.#control;
    const options = [standard[step] as number];
    const add = (set: number, kind: number): void => {
      for (let thread = 0; thread < handle.threads; thread++) {
        if (has(set, thread) && kind + thread !== standard[step]) options.push(kind + thread);
      }
    };
    add(runnable[step] as number, 0);
    add(timed[step] as number, TIME);
    if (this.#bounds.crashes > 0) add(live[step] as number, KILL);
    return options;
  }
}

/** How many of the bound a choice costs: 1 or 0. */
export function preemptionsOf({ current, standard }: Control, step: number, choice: number): number {
  if (choice === standard[step] || choice >= KILL) return 0;
  return choice >= TIME || current[step] !== NOBODY ? 1 : 0;
}
