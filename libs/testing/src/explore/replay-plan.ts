import { ORDERS, POLICY, STAY, type Control } from './control.js';
import type { Plan } from './plan.js';

/** One schedule, by its choices. */
export class ReplayPlan implements Plan {
  readonly exhaustive = false;
  readonly #control: Control;
  readonly #choices: readonly number[];
  #done = false;

  constructor(control: Control, choices: readonly number[]) {
    this.#control = control;
    this.#choices = choices;
  }

  next(): boolean {
    if (this.#done) return false;
    this.#done = true;
    const { head, orders } = this.#control;
    const choices = this.#choices.slice(0, orders.length);
    orders.set(choices);
    head[ORDERS] = choices.length;
    head[POLICY] = STAY;
    return true;
  }
}
