import type { PoolTask } from './pool-task.js';
import { DEPTH, type WorkerLink } from './worker-link.js';

/** The most slots an executor has; more than this many tasks are never on their way. */
const MOST = 1 << 16;

/**
 * Numbers for the tasks that are on their way: an array instead of a map of ids.
 *
 * @internal
 */
export class Slots {
  /** How many there can be. */
  readonly capacity: number;
  readonly #tasks: (PoolTask | undefined)[] = [];
  /** Whom each slot was sent to; a slot is in use exactly while it has an owner. */
  readonly #owners: (WorkerLink | undefined)[] = [];
  readonly #free: number[] = [];

  constructor(maxWorkers: number) {
    this.capacity = Math.max(4 * maxWorkers, Math.min(DEPTH * maxWorkers, MOST));
  }

  /** A slot for a task that goes to a worker, or `undefined` if all are in use. */
  take(task: PoolTask, link: WorkerLink): number | undefined {
    const slot = this.#free.pop() ?? (this.#tasks.length < this.capacity ? this.#tasks.length : undefined);
    if (slot === undefined) return undefined;
    this.#tasks[slot] = task;
    this.#owners[slot] = link;
    return slot;
  }

  /** The task in a slot; `undefined` if it was taken back. */
  task(slot: number): PoolTask | undefined {
    return this.#tasks[slot];
  }

  /** The task is gone from its slot, which stays in use until the worker has answered. */
  vacate(slot: number): void {
    this.#tasks[slot] = undefined;
  }

  /** The slot may be given out again. */
  free(slot: number): void {
    this.#tasks[slot] = undefined;
    this.#owners[slot] = undefined;
    this.#free.push(slot);
  }

  /** Frees every slot that a worker which is gone has not answered for. */
  releaseAll(link: WorkerLink, each: (slot: number) => void): void {
    this.#owners.forEach((owner, slot) => {
      if (owner !== link) return;
      each(slot);
      this.free(slot);
    });
  }
}
