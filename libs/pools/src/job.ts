import {
  CancelledError,
  abortError,
  onAbort,
  systemClock,
  taskTrace,
  traceTime,
  type StopTimer,
} from '@interleave/core';
import { TimeoutError } from '@interleave/core';
import { Future, cancelRunning, type FutureOwner } from './future.js';
import type { Ground } from './ground.js';
import type { SubmitOptions } from './executor.js';

/** Who hears that a job is over. */
export interface JobKeeper {
  /** The executor's name, for traces. */
  readonly name: string;
  /** Where its jobs run. */
  readonly ground: Ground;
  /** Called once for each job, when its future is settled. */
  jobOver(state: JobEnd): void;
}

/** Settings of a job, with what only this lib sets. */
export interface JobSettings extends SubmitOptions {
  /** Where the values of a streaming task go, and how many may be on their way or unread. */
  readonly stream?: { readonly window: number; put(value: unknown): void } | undefined;
}

/** How a job can end. */
export type JobEnd = 'succeeded' | 'failed' | 'cancelled';

let traced = 0;

/** What only some jobs have. */
interface Extras {
  /** For traces: a number that no other task of this process has. */
  id?: number;
  /** For traces: the worker that runs it. */
  worker?: string;
  stopTimer?: StopTimer;
  stopSignal?: () => void;
}

/**
 * One accepted task: its future, its settings, and where it stands. Whatever happens to it, it is over exactly once.
 *
 *     waiting ──> running ──> over
 *        └────────────────────^   (taken back: cancelled, or the executor broke)
 *
 * @internal
 */
export class Job implements FutureOwner {
  readonly future: Future<unknown>;
  readonly settings: JobSettings;
  readonly #keeper: JobKeeper;
  /** What the ground keeps for a job; let go when the job is over. */
  payload: unknown = undefined;
  #over = false;
  // Millions of jobs may wait at once. What only some of them need is made for those.
  #extras: Extras | undefined;

  constructor(name: string, settings: JobSettings, keeper: JobKeeper) {
    this.settings = settings;
    this.#keeper = keeper;
    this.future = new Future<unknown>(name, this);
    // Decided at the submit, so that no end is traced without its beginning.
    this.#extras = taskTrace.active ? { id: ++traced } : undefined;
    if (this.#extras !== undefined) {
      const { id: task = 0 } = this.#extras;
      taskTrace.publish({ phase: 'submit', task, name, executor: keeper.name, time: traceTime() });
    }
  }

  get name(): string {
    return this.future.name;
  }

  /** Whether a trace of it is wanted. */
  get traced(): boolean {
    return this.#extras?.id !== undefined;
  }

  /** Whether its future is settled. */
  get over(): boolean {
    return this.#over;
  }

  /** Begins to listen to its signal, if it has one. */
  watchSignal(): void {
    const { signal } = this.settings;
    if (signal === undefined) return;
    const what = `finish task "${this.name}"`;
    if (signal.aborted) this.abandon(abortError(signal, what));
    else this.#extra().stopSignal = onAbort(signal, () => this.abandon(abortError(signal, what)));
  }

  takeBack(): boolean {
    if (!this.#keeper.ground.takeBack(this)) return false;
    this.#finish('cancelled');
    return true;
  }

  /** So many values of its stream were read. */
  allow(count: number): void {
    if (!this.#over) this.#keeper.ground.allow(this, count);
  }

  /** Nobody wants more of its stream. */
  leave(): void {
    this.abandon(new CancelledError(`The stream of task "${this.name}" was left`));
  }

  hasStarted(): boolean {
    return this.#keeper.ground.hasStarted(this);
  }

  awaited(): void {
    this.#keeper.ground.awaited?.(this);
  }

  /**
   * The task begins now: its time limit counts from here.
   *
   * @returns false if it must not begin, because it was cancelled
   */
  begin(worker: string): boolean {
    if (this.#over || !this.future.setRunningOrNotifyCancel()) return false;
    if (this.traced) this.#extra().worker = worker;
    const { timeout } = this.settings;
    if (timeout !== undefined && timeout !== Infinity) {
      this.#extra().stopTimer = systemClock.setTimer(timeout, () => {
        this.abandon(new TimeoutError(`Cannot finish task "${this.name}": it ran longer than ${timeout} ms`));
      });
    }
    return true;
  }

  /** Publishes the beginning for those who listen. */
  traceStart(worker: string, time: number): void {
    const extras = this.#extra();
    extras.worker = worker;
    const { id: task = 0 } = extras;
    taskTrace.publish({ phase: 'start', task, name: this.name, executor: this.#keeper.name, worker, time });
  }

  /** The task returned. Does nothing if it is over. */
  succeed(value: unknown, time?: number): void {
    if (this.#over) return;
    this.#finish('succeeded', time);
    if (!this.future.done()) this.future.setResult(value);
  }

  /** The task threw, or is lost. Does nothing if it is over. */
  fail(error: unknown, time?: number): void {
    if (this.#over) return;
    this.#finish('failed', time);
    if (!this.future.done()) this.future.setException(error);
  }

  /** Ends the job for its caller. A task that runs is told, and its outcome will be dropped. */
  abandon(error: CancelledError | TimeoutError): void {
    if (this.#over) return;
    const running = !this.#keeper.ground.takeBack(this);
    const payload = this.payload;
    this.#finish(error instanceof CancelledError ? 'cancelled' : 'failed');
    if (error instanceof CancelledError) cancelRunning(this.future, error);
    else if (!this.future.done()) this.future.setException(error);
    if (running) this.#keeper.ground.interrupt(this, payload, error);
  }

  #extra(): Extras {
    return (this.#extras ??= {});
  }

  #finish(state: JobEnd, time?: number): void {
    this.#over = true;
    this.payload = undefined;
    const extras = this.#extras;
    if (extras !== undefined) {
      extras.stopTimer?.();
      extras.stopSignal?.();
      const { id: task, worker } = extras;
      const { name: executor } = this.#keeper;
      if (task !== undefined) {
        taskTrace.publish({ phase: 'end', task, name: this.name, executor, worker, time: time ?? traceTime(), state });
      }
    }
    this.#keeper.jobOver(state);
  }
}
