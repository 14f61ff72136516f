/**
 * Who goes on: the decision that is made before each operation.
 *
 *     orders for this step?  yes: as ordered
 *                            no:  stay with the current thread | the highest priority | at random
 *
 * There is no controller that grants each operation, which would cost two changes of threads a step: whoever holds the baton
 * decides for all, and goes on at once if the choice falls on itself (CHESS, Musuvathi and Qadeer 2008).
 *
 * A thread that reads in circles and waits for somebody else to change a word would never end if it stayed the
 * current one. After {@link LAP} steps in which no word has changed it stands back behind those who have made fewer.
 */
import { Asleep } from './asleep.js';
import type { Bounds } from './bounded-search.js';
import {
  ABOUT,
  ASLEEP,
  CURRENT,
  CUT,
  DEAD,
  DEADLOCK,
  DONE,
  END,
  FINISHED,
  IDLE,
  KILL,
  KNOWN,
  LIVELOCK,
  LOG,
  NOBODY,
  ORDERS,
  PASS,
  PLANNED,
  POLICY,
  QUEUED,
  RANDOM,
  RUNNABLE,
  STATES,
  STEP,
  TIME,
  WAITER,
  WOKEN,
  type Control,
} from './control.js';
import type { Meetings } from './meetings.js';
import { OPERATIONS } from './operations.js';
import { EXPIRED } from './performer.js';
import { Policy } from './policy.js';
import { preemptionsOf } from './preemptions.js';
import type { Scripts } from './scripts.js';
import { SeenStates } from './seen-states.js';
import type { Snapshots } from './snapshots.js';
import { StateKey } from './state-key.js';
import { has, lowest } from './thread-sets.js';
import { ANYTHING, touch, WRITES } from './touch.js';

/** Steps without any change after which others go first. */
const LAP = 50;
/** Laps of everybody after which nobody will ever get on. */
const LAPS = 8;

/** Decides, for all who can run. Each thread and `explore()` have one over the same memory. */
export class Scheduler {
  /** The hash of the state, for who changes it. */
  readonly key: StateKey;
  /** Who was preempted too early, for who gives a reason to go on. */
  readonly asleep: Asleep;
  readonly #control: Control;
  readonly #bound: number;
  readonly #crashes: number;
  readonly #seen: SeenStates;
  readonly #scripts: Scripts;
  readonly #snapshots: Snapshots;
  readonly #meetings: Meetings;
  readonly #policy: Policy;
  readonly #now = new Int32Array(STATES);

  constructor(
    control: Control,
    scripts: Scripts,
    snapshots: Snapshots,
    meetings: Meetings,
    { bound, crashes }: Bounds,
  ) {
    this.#control = control;
    this.#bound = bound;
    this.#crashes = crashes;
    this.#scripts = scripts;
    this.#snapshots = snapshots;
    this.#meetings = meetings;
    this.#policy = new Policy(control);
    this.key = new StateKey(control);
    this.asleep = new Asleep(control);
    this.#seen = new SeenStates(control, bound);
  }

  /**
   * Decides who makes the next step, after `head[CURRENT]`, who is about to do what `head[ABOUT]` says. Time that runs out, and
   * threads that are killed, are steps of their own; they happen in here.
   *
   * @returns the thread, or `NOBODY` if the execution has ended; `head[END]` says how
   */
  next(): number {
    const { head } = this.#control;
    for (;;) {
      const choice = this.#decide(head[CURRENT] as number, head[ABOUT] as number);
      if (choice < TIME) return choice;
      head[ABOUT] = ANYTHING;
      if (choice < KILL) {
        head[CURRENT] = choice - TIME;
        this.#runOut(choice - TIME);
      } else {
        const victim = choice - KILL;
        this.#kill(victim);
        if (victim === head[CURRENT]) head[CURRENT] = NOBODY;
      }
    }
  }

  /** Whether, of several tasks of a thread that were woken, the first lets the next one pass: a step of its own. */
  passes(thread: number): boolean {
    const control = this.#control;
    const { head, handle } = control;
    const step = head[STEP] as number;
    if (!handle.reorderTasks || step >= handle.maxSteps || step >= (head[KNOWN] as number)) return false;
    const only = 1 << thread;
    control.passing[step] = only;
    control.standard[step] = thread;
    control.current[step] = thread;
    control.runnable[step] = only;
    for (const set of [control.timed, control.live, control.about, control.sleepers, control.mortal]) set[step] = 0;
    const drawn = head[POLICY] === RANDOM && this.#policy.below(2) === 0 ? PASS + thread : thread;
    const ordered = step < (head[ORDERS] as number) && control.orders[step] === PASS + thread;
    const passes = ordered || drawn !== thread;
    control.chosen[step] = passes ? PASS + thread : thread;
    this.#spend(step);
    head[STEP] = step + 1;
    this.note(passes ? OPERATIONS.passes : OPERATIONS.resumes, NOBODY, 0, 0, 0, 0);
    return passes;
  }

  /** A thread does something to a word. */
  touched(thread: number, operation: number): void {
    if (!this.#control.handle.reduce) return;
    this.asleep.touched(operation);
    this.#meetings.touched(thread, operation);
  }

  /** Takes a waiter out of the queue. */
  leaveQueue(at: number): void {
    const { head, queue, deadlines } = this.#control;
    const length = (head[QUEUED] as number) - 1;
    head[QUEUED] = length;
    queue.copyWithin(at * WAITER, (at + 1) * WAITER, (length + 1) * WAITER);
    deadlines.copyWithin(at, at + 1, length + 1);
  }

  /** Takes a waiter out of the queue because it is woken: a thread goes on, a promise is to be resolved by its thread. */
  wake(at: number, how: number): void {
    const { head, queue, state, resolving } = this.#control;
    const thread = queue[at * WAITER] as number;
    const ticket = queue[at * WAITER + 2] as number;
    this.leaveQueue(at);
    if (ticket === ASLEEP) {
      this.key.learns(thread, how);
      this.#scripts.told(thread, how);
      state[thread] = RUNNABLE;
      return;
    }
    const next = head[WOKEN] as number;
    resolving.set([thread, how, ticket], next * WAITER);
    head[WOKEN] = next + 1;
    if (state[thread] === IDLE) state[thread] = RUNNABLE;
  }

  #decide(current: number, operation: number): number {
    const control = this.#control;
    const { head, state, quiet } = control;
    const { threads, maxSteps } = control.handle;
    const step = head[STEP] as number;
    if (step < maxSteps) this.#spend(step);
    if (this.#mustGoOn(step, current)) return this.#goOn(step, current, operation);
    this.#snapshots.save(step);
    let [runnable, live, laps] = [0, 0, LAPS];
    for (let thread = 0; thread < threads; thread++) {
      const now = state[thread];
      if (now === DONE || now === DEAD || this.#waitsForElder(thread)) continue;
      live |= 1 << thread;
      if (now !== RUNNABLE) continue;
      const made = Math.floor((quiet[thread] as number) / LAP);
      if (made < laps) [runnable, laps] = [0, made];
      if (made === laps && made < LAPS) runnable |= 1 << thread;
    }
    if (live === 0) return this.#end(FINISHED);
    if (step >= (head[KNOWN] as number)) return this.#end(CUT);
    const [timed, first] = this.#timed();
    // Those who turn in circles may be waiting for time to pass.
    if (laps > 0 && timed !== 0) runnable = 0;
    if (runnable === 0 && timed === 0) return this.#end(this.#anyoneRunnable() ? LIVELOCK : DEADLOCK);
    if (step >= maxSteps) return this.#end(LIVELOCK);

    const stays = current !== NOBODY && has(runnable, current);
    const sleepers = this.asleep.set();
    const awake = runnable & ~sleepers;
    const standard = stays ? current : runnable !== 0 ? lowest(awake || runnable) : TIME + first;
    const choice =
      this.#ordered(step, runnable, timed, live) ?? this.#policy.choose(step, current, runnable, timed, standard);
    control.chosen[step] = choice;
    if (choice < TIME) control.begun[choice] = 1;
    control.standard[step] = standard;
    control.current[step] = stays ? current : NOBODY;
    control.runnable[step] = runnable;
    control.timed[step] = timed;
    control.live[step] = live;
    control.passing[step] = 0;
    control.about[step] = operation;
    control.standing[step] = stays ? (control.place[current] as number) : NOBODY;
    control.sleepers[step] = sleepers;
    if (control.handle.reduce && head[PLANNED] === 1) {
      this.#reduce(step, operation);
      if (head[KNOWN] === step) return this.#end(CUT);
    }
    control.log[step * LOG] = OPERATIONS.goesOn;
    head[STEP] = step + 1;
    return choice;
  }

  /** Whether, in a reduced search, nothing but the next step of who made the last one is within the bounds. */
  #mustGoOn(step: number, current: number): boolean {
    const { handle, head, state, quiet, fickle, spent, killed } = this.#control;
    if (!handle.reduce || head[PLANNED] === 0 || current === NOBODY || fickle[current] === 1) return false;
    if (step < (head[ORDERS] as number) || step >= (head[KNOWN] as number) || step >= handle.maxSteps) return false;
    if (state[current] !== RUNNABLE || (quiet[current] as number) >= LAP) return false;
    return (spent[step] as number) >= this.#bound && (killed[step] as number) >= this.#crashes;
  }

  /** A step without another choice: neither its state nor who else could run is ever asked for. */
  #goOn(step: number, thread: number, operation: number): number {
    const control = this.#control;
    control.chosen[step] = thread;
    control.standard[step] = thread;
    control.current[step] = thread;
    control.runnable[step] = 1 << thread;
    control.about[step] = operation;
    control.standing[step] = control.place[thread] as number;
    for (const none of [control.timed, control.live, control.passing, control.sleepers, control.mortal]) none[step] = 0;
    control.log[step * LOG] = OPERATIONS.goesOn;
    control.head[STEP] = step + 1;
    return thread;
  }

  /** Of twins the first begins first, or dies before it has. */
  #waitsForElder(thread: number): boolean {
    const { elder, begun, state } = this.#control;
    const other = elder[thread] as number;
    return other >= 0 && begun[other] === 0 && state[other] !== DEAD;
  }

  /** Adds up what the step before has cost. */
  #spend(step: number): void {
    const { spent, killed, chosen } = this.#control;
    if (step === 0) {
      [spent[0], killed[0]] = [0, 0];
      return;
    }
    const before = chosen[step - 1] as number;
    spent[step] = (spent[step - 1] as number) + preemptionsOf(this.#control, step - 1, before);
    killed[step] = (killed[step - 1] as number) + (before >= KILL && before < PASS ? 1 : 0);
  }

  /** Sees from which step on an execution is nothing new. */
  #reduce(step: number, operation: number): void {
    const { head, chosen, current, sleepers, spent, fickle, mortal } = this.#control;
    const [choice, at] = [chosen[step] as number, current[step] as number];
    if (step >= (head[ORDERS] as number)) mortal[step] = 0;
    if (step >= (head[ORDERS] as number) && step < (head[KNOWN] as number)) {
      this.key.write(this.#now, 0);
      const [first, second] = this.#now;
      if (this.#seen.covers(first as number, second as number, at, spent[step] as number)) head[KNOWN] = step;
      // Another choice at this step may be something new.
      else if (choice < TIME && has(sleepers[step] as number, choice)) head[KNOWN] = step + 1;
    }
    if (choice < TIME) this.asleep.wake(choice);
    if (choice < KILL && at !== NOBODY && choice !== at && fickle[at] === 0) this.asleep.add(at, operation);
  }

  /** Whose waits can run out of time, and whose will first. */
  #timed(): [threads: number, first: number] {
    const { head, queue, deadlines } = this.#control;
    let [threads, first, earliest] = [0, NOBODY, Infinity];
    for (let at = 0; at < (head[QUEUED] as number); at++) {
      const deadline = deadlines[at] as number;
      if (deadline === Infinity) continue;
      const thread = queue[at * WAITER] as number;
      threads |= 1 << thread;
      if (deadline < earliest) [earliest, first] = [deadline, thread];
    }
    return [threads, first];
  }

  #ordered(step: number, runnable: number, timed: number, live: number): number | undefined {
    const { head, orders } = this.#control;
    if (step >= (head[ORDERS] as number)) return undefined;
    const order = orders[step] as number;
    if (order === NOBODY) return undefined;
    const able =
      order < TIME ? has(runnable, order) : order < KILL ? has(timed, order - TIME) : has(live, order - KILL);
    return able ? order : undefined;
  }

  /** The time of a thread's wait has come, of the first if it has several. */
  #runOut(thread: number): void {
    const control = this.#control;
    const { head, queue, deadlines, clock } = control;
    let found = NOBODY;
    for (let at = 0; at < (head[QUEUED] as number); at++) {
      if (queue[at * WAITER] !== thread) continue;
      if (found === NOBODY || (deadlines[at] as number) < (deadlines[found] as number)) found = at;
    }
    const before = clock[0] as number;
    clock[0] = Math.max(before, deadlines[found] as number);
    this.#stirs(thread, queue[found * WAITER + 1] as number);
    this.note(OPERATIONS.timeout, queue[found * WAITER + 1] as number, 0, 0, before, clock[0]);
    this.wake(found, EXPIRED);
    control.stir();
  }

  /** A thread is gone, with all its waits; what it wrote stays. */
  #kill(thread: number): void {
    const control = this.#control;
    const { head, queue } = control;
    for (let at = (head[QUEUED] as number) - 1; at >= 0; at--) {
      if (queue[at * WAITER] !== thread) continue;
      this.#stirs(thread, queue[at * WAITER + 1] as number);
      this.leaveQueue(at);
    }
    this.asleep.wake(thread);
    control.state[thread] = DEAD;
    this.note(OPERATIONS.kill, NOBODY, 0, 0, 0, 0);
    control.stir();
  }

  /** A thread leaves the line of those that wait for a word, which who notifies can tell. */
  #stirs(thread: number, word: number): void {
    this.asleep.touched(touch(word, WRITES));
    this.#meetings.touched(thread, touch(word, WRITES));
  }

  /** Writes down what the step that was just decided has done. */
  note(operation: number, word: number, first: number, second: number, before: number, after: number): void {
    const { head, log } = this.#control;
    const at = ((head[STEP] as number) - 1) * LOG;
    log[at] = operation;
    log[at + 1] = word;
    log[at + 2] = first;
    log[at + 3] = second;
    log[at + 4] = before;
    log[at + 5] = after;
  }

  #anyoneRunnable(): boolean {
    return this.#control.state.includes(RUNNABLE);
  }

  #end(how: number): typeof NOBODY {
    this.end(how);
    return NOBODY;
  }

  /** Ends the execution. */
  end(how: number): void {
    this.#control.head[END] = how;
  }
}
