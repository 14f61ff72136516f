import { DONE, GRANTED, LEFT, MORE, NOBODY, PLANNED, REST, UNWIND, UNWINDING, type Control } from './control.js';
import { hasRoom, writeRecord } from './execution-record.js';
import { createPlan, type Plan, type PlanOptions } from './plan.js';
import { Scheduler } from './scheduler.js';

/**
 * From one execution to the next, without a rest: in whose hands one has ended, that thread writes down what has become of
 * it, plans the next and begins it.
 *
 *     last step ─> the others let go ─> record ─> plan ─> words as at first ─> first step of the next
 *                                          └─ after a batch: rest, and explore() judges them all
 *
 * Rejected: `explore()` does this itself. Each execution then changed threads twice more, and these changes are what an
 * execution costs. It also judges a batch on another core, or after it.
 */
export class Rounds {
  readonly scheduler: Scheduler;
  readonly #control: Control;
  readonly #plan: Plan;

  constructor(control: Control, options: PlanOptions) {
    this.#control = control;
    this.#plan = createPlan(control, options);
    this.scheduler = new Scheduler(control, options.bound);
  }

  /** Begins the first execution of a batch. */
  begin(): void {
    this.#start(NOBODY);
  }

  /**
   * The execution is over.
   *
   * @param me - in whose hands; it is out of its function, or it is `explore()` and `NOBODY`
   */
  goOn(me: number): void {
    if (this.#finish(me)) this.#start(me);
    else this.#rest();
  }

  #start(me: number): void {
    for (;;) {
      this.#control.reset();
      const first = this.scheduler.next(NOBODY);
      if (first !== NOBODY) return give(this.#control, first, GRANTED);
      // All were killed before their first step.
      if (!this.#finish(me)) return this.#rest();
    }
  }

  /** Returns whether another one follows at once. */
  #finish(me: number): boolean {
    const { head } = this.#control;
    this.#unwind(me);
    writeRecord(this.#control);
    const left = (head[LEFT] as number) - 1;
    head[LEFT] = left;
    if (head[PLANNED] === 0) return false;
    head[MORE] = this.#plan.next() ? 1 : 0;
    return left > 0 && head[MORE] === 1 && hasRoom(this.#control);
  }

  /** All who are still in their functions leave them. */
  #unwind(me: number): void {
    const { head, state } = this.#control;
    let inside = 0;
    for (let thread = 0; thread < state.length; thread++) if (state[thread] !== DONE && thread !== me) inside += 1;
    if (inside === 0) return;
    Atomics.store(head, UNWINDING, inside);
    for (let thread = 0; thread < state.length; thread++) {
      if (state[thread] !== DONE && thread !== me) give(this.#control, thread, UNWIND);
    }
    for (let left = inside; left > 0; left = Atomics.load(head, UNWINDING)) Atomics.wait(head, UNWINDING, left);
  }

  #rest(): void {
    const { head } = this.#control;
    Atomics.store(head, REST, 1);
    Atomics.notify(head, REST);
  }
}

/** Tells a thread what it waits for: that it has the baton, or must leave. */
export function give({ go }: Control, thread: number, order: number): void {
  Atomics.store(go, thread, order);
  Atomics.notify(go, thread);
}
