/**
 * The engine of a Scheduler: a queue of those that are ready, and what to do when it is empty.
 *
 *     spawn ──> run queue ──turn──> the body runs to its next yield
 *                  ^                   │ yield            -> back to the end of the queue
 *                  │                   │ yield a wait     -> that keeps it, until somebody wakes it
 *                  └──── wake ─────────┘ return, throw    -> over; who waited for it is woken
 *
 * A turn costs one call of a generator and two steps of a ring: no promise is made for it. Promises are at the edges only:
 * the run, `task.promise()`, and what a body waits for.
 */
import { InvalidStateError, type Clock } from '@interleave/core';
import { InOrder, Lanes, type RunQueue } from './run-queue.js';
import { Roster } from './roster.js';
import { Sleepers } from './sleepers.js';
import type { Task, TaskHost } from './task.js';
import type { TurnWatch } from './turn-watch.js';
import type { Wait } from './wait.js';

/** How many turns pass at most between two looks at the clock. */
const STRIDE = 64;
/** Looks become rarer while the turns between two of them take less than this, in milliseconds. */
const QUICK = 0.05;

/** What the engine is made of. */
export interface LoopParts {
  readonly clock: Clock;
  readonly queue: RunQueue;
  readonly watch: TurnWatch;
  /** How long tasks run on before the event loop has a turn. */
  readonly slice: number;
  /** Whether all may wait for what nobody here knows of. */
  readonly patient: boolean;
  readonly onUncaught: (error: unknown, task: Task) => void;
}

interface Run {
  readonly end: () => void;
  /** What ends the run, beside what its tasks do. */
  error: { readonly error: unknown } | undefined;
  /** Whether the tasks were told of a deadlock already. */
  warned: boolean;
}

export class Loop implements TaskHost {
  readonly roster = new Roster();
  readonly sleepers: Sleepers;
  #queue: RunQueue;
  /** Whose turn it is. */
  current: Task | undefined;
  readonly #clock: Clock;
  readonly #watch: TurnWatch;
  readonly #slice: number;
  readonly #patient: boolean;
  readonly #onUncaught: LoopParts['onUncaught'];
  /** How many wait for something that is not the scheduler's. */
  #outside = 0;
  readonly #lost = new Set<Task>();
  #run: Run | undefined;
  /** Whether turns are being taken, or will be without anybody's doing. */
  #awake = false;
  /** Whether those are woken now whose time has come. */
  #ringing = false;
  /** What the turns since the last turn of the event loop have taken. */
  #spent = 0;

  constructor({ clock, queue, watch, slice, patient, onUncaught }: LoopParts) {
    this.#clock = clock;
    this.#queue = queue;
    this.#watch = watch;
    this.#slice = slice;
    this.#patient = patient;
    this.#onUncaught = onUncaught;
    this.sleepers = new Sleepers(clock, () => {
      if (!this.#awake) this.#afterLoop();
    });
  }

  get running(): boolean {
    return this.#run !== undefined;
  }

  /** Gives turns until nobody is left. */
  run(): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const run: Run = {
        end: () => (run.error === undefined ? resolve() : reject(run.error.error)),
        error: undefined,
        warned: false,
      };
      this.#run = run;
      this.#wake();
    });
  }

  /** From now on by priority. */
  byPriority(): void {
    const inOrder = this.#queue;
    if (!(inOrder instanceof InOrder)) return;
    this.#queue = new Lanes();
    for (let task = inOrder.shift(); task !== undefined; task = inOrder.shift()) this.#queue.push(task);
  }

  ready(task: Task): void {
    if (this.#ringing) this.#queue.pushDue(task);
    else this.#queue.push(task);
    if (!this.#awake) this.#wake();
  }

  waits(wait: Wait, by: 1 | -1): void {
    if (wait.outside) this.#outside += by;
  }

  ended(task: Task, lost: boolean): void {
    this.roster.delete(task);
    if (lost) this.#lost.add(task);
  }

  asked(task: Task): void {
    this.#lost.delete(task);
  }

  #wake(): void {
    if (this.#run === undefined || this.#awake) return;
    this.#awake = true;
    queueMicrotask(this.#inMicrotask);
  }

  readonly #inMicrotask = (): void => {
    // A chain of promises must not keep the event loop from its turn either.
    if (this.#spent >= this.#slice) setImmediate(this.#afterLoop);
    else this.#takeTurns();
  };

  readonly #afterLoop = (): void => {
    this.#spent = 0;
    this.#takeTurns();
  };

  #takeTurns(): void {
    // Those that were abandoned at the end of a run may have asked for turns after it.
    this.#awake = this.#run !== undefined;
    if (!this.#awake) return;
    const began = this.#clock.now();
    try {
      this.#untilEmpty(began);
    } catch (error) {
      this.#breakDown(error);
    }
    this.current = undefined;
    this.#spent += this.#clock.now() - began;
    if (this.#queue.size > 0) {
      setImmediate(this.#afterLoop);
      return;
    }
    this.#awake = false;
    if (this.roster.size === 0) this.#end();
    else if (this.sleepers.size === 0 && this.#outside === 0 && !this.#patient) this.#deadlock();
    this.sleepers.arm();
  }

  /** Until nobody is ready, or the slice is over. */
  #untilEmpty(began: number): void {
    let looked = began;
    let stride = 1;
    for (let left = stride; ;) {
      const task = this.#queue.shift();
      if (task === undefined) {
        if (this.#ring()) continue;
        return;
      }
      this.current = task;
      if (this.#watch.active ? this.#watch.turn(task) : task.turn()) this.#queue.push(task);
      left -= 1;
      if (left > 0) continue;
      const now = this.#clock.now();
      stride = now - looked < QUICK ? Math.min(2 * stride, STRIDE) : 1;
      looked = now;
      left = stride;
      this.#ring();
      if (this.#spent + now - began >= this.#slice) return;
    }
  }

  #ring(): boolean {
    this.#ringing = true;
    const woken = this.sleepers.wake();
    this.#ringing = false;
    return woken;
  }

  #end(): void {
    const run = this.#run as Run;
    this.#run = undefined;
    for (const task of this.#lost) {
      try {
        this.#onUncaught(task.error, task);
      } catch (error) {
        run.error ??= { error };
      }
    }
    run.end();
  }

  /** Gives everybody the chance to clean up; who waits again then is left where it stands. */
  #deadlock(): void {
    const run = this.#run as Run;
    const tasks = this.roster.all();
    const all = tasks.map((task) => `"${task.name}" waits for ${String(task.waitsFor)}`);
    const some = all.length > 10 ? [...all.slice(0, 10), `and ${all.length - 10} more`] : all;
    const error = new InvalidStateError(`Cannot go on: every task waits, and nothing can wake one: ${some.join(', ')}`);
    run.error ??= { error };
    for (const task of tasks) {
      if (run.warned) task.abandon(run.error.error);
      else task.interrupt(error);
    }
    run.warned = true;
    if (this.roster.size === 0) this.#end();
  }

  /** For errors of what the scheduler was given: the order, and who watches. */
  #breakDown(error: unknown): void {
    (this.#run as Run).error ??= { error };
    for (const task of this.roster.all()) task.abandon(error);
    this.#queue = new InOrder();
  }
}
