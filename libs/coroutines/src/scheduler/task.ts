import { CancelledError, InvalidStateError } from '@interleave/core';
import { Line } from './line.js';
import type { Sleepers } from './sleepers.js';
import { Wait } from './wait.js';
import { yielded } from './yielded.js';

/** How far a task is. */
export type TaskState = 'ready' | 'running' | 'waiting' | 'succeeded' | 'failed' | 'cancelled';

/** The body of a task: a generator that yields what it waits for, or nothing to give others a turn. */
export type Coroutine<T> = Generator<unknown, T, unknown>;

/** @internal What a task needs of its scheduler. */
export interface TaskHost {
  readonly sleepers: Sleepers;
  /** It is ready for its next turn. */
  ready(task: Task): void;
  /** Somebody begins, or ends, to wait for this. */
  waits(wait: Wait, by: 1 | -1): void;
  /** It is over; `lost` if it failed and nobody has asked how it ended. */
  ended(task: Task, lost: boolean): void;
  /** Somebody asked how it ended after all. */
  asked(task: Task): void;
}

/**
 * As `TaskState`, and for a task that was woken, with what: a value that was handed to it, or an error. A field less in
 * each of a hundred thousand tasks.
 */
type Phase = TaskState | 'woken' | 'struck';

/** What few tasks need. */
interface Rarities {
  /** An error on its way to the task, and the last one that has arrived. */
  interruption?: Error | undefined;
  arrived?: unknown;
  /** Its end as a promise, and what settles that. */
  promise?: Promise<unknown>;
  settle?: () => void;
}

/**
 * A coroutine that a {@link Scheduler} runs. Wait for it with `yield* task`: that gives what its body returned, or throws
 * what it threw.
 *
 * Its turn lasts from one `yield` to the next, and nobody else runs meanwhile.
 */
export class Task<T = unknown> extends Wait<T> {
  /** A number that no other task of its scheduler has; the first one is 1. */
  readonly id: number;
  /** Who goes first: the higher number. */
  readonly priority: number;
  /** @internal */
  readonly host: TaskHost;
  /** @internal For the list of all that are not over. */
  earlier: Task | undefined = undefined;
  /** @internal */
  later: Task | undefined = undefined;
  /** @internal For the line it stands in. */
  before: Task | undefined = undefined;
  /** @internal */
  behind: Task | undefined = undefined;

  readonly #label: string;
  #body: Coroutine<T> | undefined;
  #phase: Phase = 'ready';
  /** What its last `yield` is answered with; at the end, what came of it. */
  #answer: unknown = undefined;
  #wait: Wait | undefined = undefined;
  #joiners: Line | undefined = undefined;
  #rare: Rarities | undefined = undefined;

  /** @internal `Scheduler.spawn` makes tasks. */
  constructor(host: TaskHost, body: Coroutine<T>, id: number, label: string, priority: number) {
    super();
    this.host = host;
    this.#body = body;
    this.id = id;
    this.#label = label;
    this.priority = priority;
  }

  /** What it was called at `spawn`, or its function's name, or `task-` and its number. */
  get name(): string {
    return this.#label === '' ? `task-${this.id}` : this.#label;
  }

  /** How far it is. */
  get state(): TaskState {
    return this.#phase === 'woken' || this.#phase === 'struck' ? 'ready' : this.#phase;
  }

  /** Whether it is over. */
  get done(): boolean {
    return this.#body === undefined;
  }

  /** What it waits for. */
  get waitsFor(): Wait | undefined {
    return this.#wait;
  }

  /**
   * What it returned.
   *
   * @throws what it threw
   * @throws {InvalidStateError} if it is not over
   */
  get result(): T {
    if (!this.done) throw new InvalidStateError(`Cannot tell the result of task "${this.name}": it is ${this.state}`);
    if (this.#phase !== 'succeeded') throw this.error;
    return this.#answer as T;
  }

  /** What it threw; `undefined` if it has not. */
  get error(): unknown {
    if (!this.done || this.#phase === 'succeeded') return undefined;
    this.host.asked(this);
    return this.#answer;
  }

  /**
   * Its end as a promise, for code that is no task. It is made when it is asked for; if nobody looks at its rejection,
   * nobody hears of it.
   */
  promise(): Promise<T> {
    const rare = (this.#rare ??= {});
    if (rare.promise === undefined) {
      rare.promise = new Promise((resolve, reject) => {
        rare.settle = () => (this.#phase === 'succeeded' ? resolve(this.#answer) : reject(this.error));
      });
      rare.promise.catch(() => {});
      if (this.done) rare.settle?.();
    }
    return rare.promise as Promise<T>;
  }

  /**
   * Throws a `CancelledError` into it where it waits, at its next turn; its `finally` blocks run, and it may catch the
   * error and go on. One that was woken already gets first what it was woken with, and the error at its next `yield`, so
   * that nothing handed to it is lost.
   *
   * @param reason - kept as `error.reason`
   * @returns false if it is over
   */
  cancel(reason?: unknown): boolean {
    if (this.done) return false;
    this.interrupt(new CancelledError(`Task "${this.name}" was cancelled`, { reason, cause: reason }));
    return true;
  }

  /** @internal As `cancel`, with any error. */
  interrupt(error: Error): void {
    (this.#rare ??= {}).interruption = error;
    const wait = this.#wait;
    if (wait === undefined) return;
    this.#endWait(wait, 'ready', undefined);
    wait.disarm(this);
    this.host.ready(this);
  }

  /** @internal Ends it where it stands, whatever its body thinks of that. */
  abandon(error: unknown): void {
    const wait = this.#wait;
    if (wait !== undefined) {
      this.#endWait(wait, 'ready', undefined);
      wait.disarm(this);
    }
    (this.#rare ??= {}).arrived = error;
    this.#fail(error);
  }

  /** For a {@link Wait}: ends it with a value. False if the task does not wait for it any more. */
  wake<V>(wait: Wait<V>, value: V): boolean {
    if (this.#wait !== wait) return false;
    this.#endWait(wait, 'woken', value);
    this.host.ready(this);
    return true;
  }

  /** For a {@link Wait}: ends it with an error. False if the task does not wait for it any more. */
  fail(wait: Wait, error: unknown): boolean {
    if (this.#wait !== wait) return false;
    this.#endWait(wait, 'struck', error);
    this.host.ready(this);
    return true;
  }

  /** For a {@link Wait} for this task. */
  override arm(task: Task): void {
    if (task === (this as Task)) {
      throw new InvalidStateError(`Cannot wait for task "${this.name}": it would wait for itself, for ever`);
    }
    if (task.host !== this.host) {
      throw new InvalidStateError(
        `Cannot wait for task "${this.name}": it belongs to another scheduler; wait for its promise()`,
      );
    }
    if (this.done) this.#tell(task);
    else (this.#joiners ??= new Line()).push(task);
  }

  /** For a {@link Wait} for this task. */
  override disarm(task: Task): void {
    this.#joiners?.delete(task);
  }

  override toString(): string {
    return `task "${this.name}"`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    const what = this.#wait === undefined ? this.state : `waiting for ${this.#wait.toString()}`;
    return `Task "${this.name}" (${what})`;
  }

  /**
   * @internal One turn, from where it stands to its next `yield`.
   *
   * @returns whether it is ready for another one at once
   */
  turn(): boolean {
    const body = this.#body;
    // Abandoned while it stood in the queue.
    if (body === undefined) return false;
    const phase = this.#phase;
    this.#phase = 'running';
    let step: IteratorResult<unknown, T>;
    try {
      if (phase === 'struck') step = body.throw(this.#answer);
      else if (phase === 'ready' && this.#rare?.interruption !== undefined) step = body.throw(this.#arrive(this.#rare));
      else step = body.next(this.#answer);
    } catch (error) {
      this.#fail(error);
      return false;
    }
    if (step.done === true) {
      this.#finish('succeeded', step.value);
      return false;
    }
    if (step.value === undefined || this.#rare?.interruption !== undefined) {
      this.#phase = 'ready';
      this.#answer = undefined;
      return true;
    }
    this.#begin(yielded(step.value));
    return false;
  }

  #arrive(rare: Rarities): unknown {
    rare.arrived = rare.interruption;
    rare.interruption = undefined;
    return rare.arrived;
  }

  #begin(wait: Wait): void {
    this.#phase = 'waiting';
    this.#answer = undefined;
    this.#wait = wait;
    this.host.waits(wait, 1);
    try {
      wait.arm(this);
    } catch (error) {
      this.fail(wait, error);
    }
  }

  #endWait(wait: Wait, phase: Phase, answer: unknown): void {
    this.#wait = undefined;
    this.#phase = phase;
    this.#answer = answer;
    this.host.waits(wait, -1);
  }

  #fail(error: unknown): void {
    const rare = this.#rare;
    const asAsked = rare !== undefined && 'arrived' in rare && rare.arrived === error;
    this.#finish(asAsked ? 'cancelled' : 'failed', error);
  }

  #finish(phase: 'succeeded' | 'failed' | 'cancelled', answer: unknown): void {
    this.#body = undefined;
    this.#phase = phase;
    this.#answer = answer;
    const joiners = this.#joiners;
    const settle = this.#rare?.settle;
    this.host.ended(this, phase === 'failed' && settle === undefined && (joiners?.size ?? 0) === 0);
    for (let joiner = joiners?.shift(); joiner !== undefined; joiner = joiners?.shift()) this.#tell(joiner);
    settle?.();
  }

  #tell(joiner: Task): void {
    if (this.#phase === 'succeeded') joiner.wake(this, this.#answer as T);
    else joiner.fail(this, this.error);
  }

  /** Who is over has nothing to wait for: `yield* task` then gives its result without a turn of others. */
  override [Symbol.iterator](): Iterator<Wait<T>, T> {
    return this.done ? new Over(this) : super[Symbol.iterator]();
  }
}

class Over<T> implements Iterator<never, T> {
  readonly #task: Task<T>;

  constructor(task: Task<T>) {
    this.#task = task;
  }

  next(): IteratorResult<never, T> {
    return { done: true, value: this.#task.result };
  }
}
