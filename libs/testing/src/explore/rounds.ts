import {
  ABOUT,
  BEGINS,
  CURRENT,
  DONE,
  DUE,
  END,
  EXECUTION,
  KNOWN,
  LEFT,
  MORE,
  NEEDED,
  NOBODY,
  PLANNED,
  REST,
  RUNNABLE,
  RUNNING,
  SAVED,
  STRAYED,
  THREW,
  UNWIND,
  UNWINDING,
  type Control,
} from './control.js';
import { hasRoom, writeRecord } from './execution-record.js';
import { Meetings } from './meetings.js';
import { Performer } from './performer.js';
import { createPlan, type Plan, type PlanOptions } from './plan.js';
import { RaceWatch } from './race-watch.js';
import { Scheduler } from './scheduler.js';
import { RETURNS, Scripts, THROWS, UNKNOWN } from './scripts.js';
import { Snapshots } from './snapshots.js';
import { ANYTHING } from './touch.js';

/** Who has the baton must leave its function, which it has entered in an execution that is over. */
export const LEAVE = -2;

/**
 * From step to step, and from one execution to the next, without a rest: whoever has the baton decides and performs the steps of
 * all threads that have a script for them. Where an execution ends, it writes down what has become of it, plans the next
 * and begins it.
 *
 *     decide ─> perform ─> decide ... ─> last step ─> the others let go ─> record ─> plan ─> the present as it was ─> decide
 *         └─ no script: hand the baton to that thread                          └─ after a batch: rest, explore() judges all
 *
 * Rejected: `explore()` does this itself. Its event loop would not be free, and it judges a batch on another core, or after it.
 */
export class Rounds {
  readonly scheduler: Scheduler;
  readonly scripts: Scripts;
  readonly races: RaceWatch;
  readonly #control: Control;
  readonly #plan: Plan;
  readonly #snapshots: Snapshots;
  readonly #performer: Performer;

  constructor(control: Control, options: PlanOptions) {
    this.#control = control;
    this.scripts = new Scripts(control);
    const meetings = new Meetings(control, this.scripts);
    this.#plan = createPlan(control, options, meetings);
    this.#snapshots = new Snapshots(control);
    this.races = new RaceWatch(control);
    this.scheduler = new Scheduler(control, this.scripts, this.#snapshots, meetings, options);
    this.#performer = new Performer(control, this.scheduler, this.scripts, this.races);
  }

  /**
   * Goes on as far as the threads are known.
   *
   * @param me - who has the baton
   * @param inside - the execution in which it has entered its function, if it has no script
   * @returns the thread that must say what it does next; `NOBODY` if all rest; {@link LEAVE}
   */
  goOn(me: number, inside: number): number {
    const { head } = this.#control;
    for (;;) {
      if (head[BEGINS] === 1) this.#start();
      const needed = this.#drive();
      head[NEEDED] = needed;
      if (needed !== NOBODY) return needed;
      if (inside === head[EXECUTION]) return LEAVE;
      if (!this.#finish(me)) return this.#rest();
      head[BEGINS] = 1;
    }
  }

  #start(): void {
    const { head, handle } = this.#control;
    head[BEGINS] = 0;
    if (!this.scripts.hasRoom() || !this.#snapshots.restore()) {
      this.#control.reset();
      this.scripts.begin();
      head[SAVED] = 0;
    }
    head[KNOWN] = handle.maxSteps + 1;
    head[END] = RUNNING;
    head[DUE] = this.scheduler.next();
  }

  /** Makes steps until the execution has ended, or a thread is needed. */
  #drive(): number {
    const { head } = this.#control;
    while (head[END] === RUNNING) {
      const due = head[DUE] as number;
      const needed = due === NOBODY ? this.#decide() : this.#perform(due);
      if (needed !== NOBODY) return needed;
    }
    return NOBODY;
  }

  /** Decides the next step, for which who has made the last one must say what it is about to do. */
  #decide(): number {
    const { head, state } = this.#control;
    const current = head[CURRENT] as number;
    head[ABOUT] = ANYTHING;
    if (current !== NOBODY && state[current] === RUNNABLE) {
      const operation = this.scripts.operation(current);
      if (operation === UNKNOWN) return current;
      if (operation < RETURNS) head[ABOUT] = this.#performer.about(current);
      else this.#end(current, operation);
    }
    if (head[END] === RUNNING) head[DUE] = this.scheduler.next();
    return NOBODY;
  }

  #perform(thread: number): number {
    const { head } = this.#control;
    const operation = this.scripts.operation(thread);
    if (operation === UNKNOWN) return thread;
    head[DUE] = NOBODY;
    head[CURRENT] = thread;
    if (operation < RETURNS) this.#performer.perform(thread);
    return NOBODY;
  }

  /** A function is through. */
  #end(thread: number, how: number): void {
    const { head, state } = this.#control;
    state[thread] = DONE;
    head[CURRENT] = NOBODY;
    if (how === THROWS) this.scheduler.end(THREW);
  }

  /** Returns whether another one follows at once. */
  #finish(me: number): boolean {
    const { head } = this.#control;
    this.#unwind(me);
    writeRecord(this.#control, this.scripts);
    const left = (head[LEFT] as number) - 1;
    head[LEFT] = left;
    if (head[PLANNED] === 0 || head[END] === STRAYED) return false;
    head[MORE] = this.#plan.next() ? 1 : 0;
    return left > 0 && head[MORE] === 1 && hasRoom(this.#control);
  }

  /** All who are still in their functions leave them; those with a script do so when they are needed elsewhere. */
  #unwind(me: number): void {
    const { head, state } = this.#control;
    const others = [...state.keys()].filter(
      (thread) => thread !== me && state[thread] !== DONE && this.scripts.isLive(thread),
    );
    if (others.length === 0) return;
    Atomics.store(head, UNWINDING, others.length);
    for (const thread of others) give(this.#control, thread, UNWIND);
    for (let left = others.length; left > 0; left = Atomics.load(head, UNWINDING)) Atomics.wait(head, UNWINDING, left);
  }

  #rest(): typeof NOBODY {
    const { head } = this.#control;
    Atomics.store(head, REST, 1);
    Atomics.notify(head, REST);
    return NOBODY;
  }
}

/** Tells a thread what it waits for: that it has the baton, or must leave. */
export function give({ go }: Control, thread: number, order: number): void {
  Atomics.store(go, thread, order);
  Atomics.notify(go, thread);
}
