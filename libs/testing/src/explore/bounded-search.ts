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
import {
  CUT,
  END,
  FINISHED,
  KILL,
  KNOWN,
  LOG,
  NOBODY,
  ORDERS,
  PASS,
  POLICY,
  STAY,
  STEP,
  TIME,
  type Control,
} from './control.js';
import { OPERATIONS } from './operations.js';
import type { Meetings } from './meetings.js';
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
  readonly #meetings: Meetings;

  constructor(control: Control, bounds: Bounds, meetings: Meetings) {
    this.#control = control;
    this.#bounds = bounds;
    this.#meetings = meetings;
  }

  next(): boolean {
    const { head, orders, chosen } = this.#control;
    head[POLICY] = STAY;
    if (this.#control.handle.reduce) this.#noteMortals();
    // From a state that was known all has been tried, or will be.
    for (let step = Math.min(head[STEP] as number, head[KNOWN] as number) - 1; step >= 0; step--) {
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
   * Who dies between two operations of its own may as well die later, as long as nobody notices. So of each step is noted
   * whose death before it could make a difference.
   */
  #noteMortals(): void {
    const { head, chosen, log, fickle, sleepers, mortal } = this.#control;
    const anyFickle = fickle.includes(1);
    const steps = Math.min(head[STEP] as number, head[KNOWN] as number);
    for (let step = Math.max(0, (head[ORDERS] as number) - 1); step < steps; step++) {
      const choice = chosen[step] as number;
      const operation = log[step * LOG] as number;
      const all =
        anyFickle ||
        sleepers[step] !== 0 ||
        (choice >= TIME && choice < KILL) ||
        operation === OPERATIONS.isAlive ||
        operation === OPERATIONS.notify;
      if (all) mortal[step] = -1;
      else if (choice < TIME) mortal[step] = (mortal[step] as number) | (1 << choice);
    }
    // Who does nothing more has no later operation to die before.
    if (steps > 0 && head[END] !== CUT && head[END] !== FINISHED) mortal[steps - 1] = -1;
  }

  /**
   * What comes after what was chosen at a step, and is within the bounds: first what needs no reason, then the others, by
   * their kinds and numbers.
   */
  #other(step: number): number {
    const { handle, chosen, standard, runnable, sleepers, timed, passing, live, spent, killed, mortal } = this.#control;
    const { bound, crashes } = this.#bounds;
    const was = chosen[step] as number;
    const after = was === standard[step] ? NOBODY : was;
    const left = bound - (spent[step] as number);
    const mayKill = (killed[step] as number) < crashes;
    if (after < KILL && !this.#putsOff(step, left, mayKill)) {
      const awake = (runnable[step] as number) & ~(sleepers[step] as number);
      const next = after < TIME ? this.#among(step, awake, 0, after, left) : NOBODY;
      if (next !== NOBODY) return next;
      const late = this.#among(step, timed[step] as number, TIME, after, left);
      if (late !== NOBODY) return late;
    }
    const passed = this.#among(step, passing[step] as number, PASS, after, left);
    if (passed !== NOBODY) return passed;
    if (!mayKill || after >= PASS) return NOBODY;
    const mortals = (live[step] as number) & (handle.reduce ? (mortal[step] as number) : -1);
    return this.#among(step, mortals, KILL, after, left);
  }

  /** Whether a preemption at a step may as well come later. */
  #putsOff(step: number, left: number, mayKill: boolean): boolean {
    const { handle, head, chosen, current, live } = this.#control;
    const thread = current[step] as number;
    // Once one of these preemptions was made, so are the others.
    if (!handle.reduce || left <= 0 || chosen[step] !== thread) return false;
    // Who is through after that cannot be killed any more.
    const lives = step + 1 < (head[STEP] as number) && has(live[step + 1] as number, thread);
    if (mayKill && !lives) return false;
    return this.#meetings.putsOff(step, mayKill);
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
