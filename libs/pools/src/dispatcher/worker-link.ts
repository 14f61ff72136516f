import type { BrokenExecutorError } from '@interleave/core';
import type { WorkerHandle } from '@interleave/workers';
import type { HostMessage } from '../protocol.js';
import type { PoolFunction } from './functions.js';
import type { PoolTask } from './pool-task.js';

/**
 * How much work may be ahead of a worker, in milliseconds of measured time. A worker must not run dry while the executor's
 * thread waits for a processor of its own, and what is ahead of a busy worker goes to the first idle one all the same.
 */
const BUDGET = 10;
/** A worker that had as much gets more once it has less than this: many tasks in one message, instead of one for each answer. */
const REFILL = 7;
/**
 * How much work may be ahead of a worker that gets a task which stays there, in milliseconds, and how long ago it may have
 * answered: the first worker that is idle cannot take that task over.
 */
const SURE = 0.5;
/** How many tasks may be ahead of a worker. */
export const DEPTH = 1_024;
/** How many functions are counted before those with nothing here are left out. */
const FEW = 4;
/** How many functions a worker keeps. */
const FUNCTIONS = 512;

/**
 * One worker, as its dispatcher sees it: what was sent to it, what it knows, how much it has to do.
 *
 * @internal
 */
export class WorkerLink {
  readonly name: string;
  readonly index: number;
  handle: WorkerHandle | undefined = undefined;
  /** Whether it takes tasks. */
  ready = false;
  /** Whether it may be given a task before it is ready: one that can be taken back from it, and nothing else to do first. */
  early = false;
  /** Whether it gets no more tasks: it is used up, has failed, or is being stopped. */
  leaving = false;
  /** Whether it gets no more tasks and goes when it has finished: it is too old, or too large. */
  retiring = false;
  /** When it became ready, on the clock of `performance.now()`. */
  born = Infinity;
  /** How many more tasks it may get. */
  left: number;
  /** Tasks it has not answered for, also those that were taken back. */
  inFlight = 0;
  /** Tasks here that must be alone; 0 or 1. */
  alone = 0;
  /** When it last became ready, became busy or answered, on the clock of `performance.now()`. */
  active = 0;
  /** How often it has answered; tells whether it is stuck. */
  answers = 0;
  /** Whether it gave back tasks because the one it runs takes long; it gets no more until that one is over. */
  stuck = false;
  /** What {@link answers} was at the last look. */
  seen = 0;
  /** Why it never became ready, if it said so. */
  refusal: BrokenExecutorError | undefined = undefined;
  /** The uncaught error it reported before it ended. */
  fatal: { readonly error: unknown } | undefined = undefined;
  // Tasks on their way or running here, in the order sent. A task that comes back to the same worker goes last. They are
  // linked to each other: a Set that empties with every answer costs as much as all the rest of a small task.
  #first: PoolTask | undefined = undefined;
  #last: PoolTask | undefined = undefined;
  /** How many calls of each function are here. Nearly always there is only one; the last ones stay, at 0. */
  readonly #counts = new Map<PoolFunction, number>();
  readonly #known = new Set<number>();
  /** Whether as much is ahead of it as may be, or was a moment ago. */
  #full = false;

  constructor(name: string, index: number, left: number) {
    this.name = name;
    this.index = index;
    this.left = left;
  }

  /** Whether it can be given this task now. */
  accepts(task: PoolTask): boolean {
    if (!this.ready || this.leaving || this.retiring || this.left === 0) return false;
    if (this.inFlight === 0) return true;
    if (this.stuck || task.alone || this.alone > 0 || this.inFlight >= DEPTH) return false;
    const { load } = this;
    if (task.stays && (load > SURE || performance.now() - this.active > SURE)) return false;
    if (this.#full && load > REFILL) return false;
    this.#full = load + task.size * task.fn.cost > BUDGET;
    return !this.#full;
  }

  /** Whether it can be given this task while it is starting, so that it finds it there. */
  acceptsEarly(task: PoolTask): boolean {
    return this.early && !this.ready && !this.leaving && this.inFlight === 0 && this.left > 0 && !task.stays;
  }

  /** Whether it has nothing to do. */
  get idle(): boolean {
    return this.ready && !this.leaving && !this.retiring && this.inFlight === 0;
  }

  /** Whether it has done all that it will ever do. */
  get finished(): boolean {
    return this.inFlight === 0 && !this.leaving && (this.left === 0 || this.retiring);
  }

  /** Milliseconds that what is ahead of it is expected to take. */
  get load(): number {
    let load = 0;
    for (const [fn, count] of this.#counts) if (count > 0) load += count * fn.cost;
    return load;
  }

  /** Books a task that is about to be sent. */
  add(task: PoolTask, slot: number): void {
    if (this.inFlight === 0) this.active = performance.now();
    task.link = this;
    task.slot = slot;
    this.inFlight += 1;
    this.left -= 1;
    task.before = this.#last;
    if (this.#last === undefined) this.#first = task;
    else this.#last.after = task;
    this.#last = task;
    this.#count(task, 1);
  }

  /** The task is not this worker's any more: it was answered for, or taken back. */
  drop(task: PoolTask): void {
    const { before, after } = task;
    if (before === undefined) this.#first = after;
    else before.after = after;
    if (after === undefined) this.#last = before;
    else after.before = before;
    task.link = task.before = task.after = undefined;
    this.#count(task, -1);
  }

  /** The worker answered for one task. */
  answered(): void {
    this.inFlight -= 1;
  }

  /** Tasks it was sent and has not answered for, in the order in which they run. */
  tasks(): PoolTask[] {
    const tasks: PoolTask[] = [];
    for (let task = this.#first; task !== undefined; task = task.after) tasks.push(task);
    return tasks;
  }

  /** The task that it runs, or is about to run. */
  first(): PoolTask | undefined {
    return this.#first;
  }

  /**
   * Makes sure that it knows a function.
   *
   * @throws the structured-clone error if the definition cannot be sent
   */
  teach(fn: PoolFunction): void {
    if (this.#known.has(fn.index)) return;
    this.post({ type: 'define', index: fn.index, definition: fn.definition });
    this.#known.add(fn.index);
    if (this.#known.size <= FUNCTIONS) return;
    for (const index of this.#known) {
      this.#known.delete(index);
      this.post({ type: 'forget', index });
      break;
    }
  }

  post(message: HostMessage, transfer?: readonly object[]): void {
    this.handle?.post(message, transfer);
  }

  #count(task: PoolTask, by: 1 | -1): void {
    if (task.alone) this.alone += by;
    const count = (this.#counts.get(task.fn) ?? 0) + by * task.size;
    if (count === 0 && this.#counts.size > FEW) this.#counts.delete(task.fn);
    else this.#counts.set(task.fn, count);
  }
}

/** The lowest number that none of the workers has. */
export function freeIndex(links: ReadonlySet<WorkerLink>): number {
  const taken = new Set([...links].map(({ index }) => index));
  let index = 0;
  while (taken.has(index)) index += 1;
  return index;
}
