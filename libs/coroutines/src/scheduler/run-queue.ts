import { Ring } from './ring.js';
import type { Task } from './task.js';

/** Who goes next, of the tasks that are ready. */
export interface RunQueue {
  readonly size: number;
  push(task: Task): void;
  /** For a task whose time has come. */
  pushDue(task: Task): void;
  shift(): Task | undefined;
}

/**
 * First in, first out. Those whose time has come go between the others, one for one: behind a hundred thousand tasks that
 * were spawned in a row, they would be late by as much as all of those take.
 */
export class InOrder implements RunQueue {
  readonly #ready = new Ring<Task>();
  readonly #due = new Ring<Task>();
  #wasDue = false;

  get size(): number {
    return this.#ready.size + this.#due.size;
  }

  push(task: Task): void {
    this.#ready.push(task);
  }

  pushDue(task: Task): void {
    this.#due.push(task);
  }

  shift(): Task | undefined {
    this.#wasDue = this.#due.size > 0 && (!this.#wasDue || this.#ready.size === 0);
    return this.#wasDue ? this.#due.shift() : this.#ready.shift();
  }
}

/** How often a lane may be passed over before it has a turn. */
const PATIENCE = 64;

interface Lane {
  readonly priority: number;
  readonly ring: Ring<Task>;
  passed: number;
}

/**
 * By priority, and within one as they came. Nobody starves: a lane in which somebody stands has a turn after it was passed
 * over 64 times.
 */
export class Lanes implements RunQueue {
  /** The highest priority first. */
  readonly #lanes: Lane[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(task: Task): void {
    this.#lane(task.priority).ring.push(task);
    this.#size += 1;
  }

  pushDue(task: Task): void {
    this.push(task);
  }

  shift(): Task | undefined {
    let next: Lane | undefined;
    for (const lane of this.#lanes) {
      if (lane.ring.size === 0) continue;
      if (next === undefined || (lane.passed >= PATIENCE && lane.passed > next.passed)) {
        if (next !== undefined) next.passed += 1;
        next = lane;
      } else lane.passed += 1;
    }
    if (next === undefined) return undefined;
    next.passed = 0;
    this.#size -= 1;
    return next.ring.shift();
  }

  #lane(priority: number): Lane {
    let at = this.#lanes.findIndex((lane) => lane.priority <= priority);
    if (at < 0) at = this.#lanes.length;
    let lane = this.#lanes[at];
    if (lane?.priority !== priority) {
      lane = { priority, ring: new Ring<Task>(), passed: 0 };
      this.#lanes.splice(at, 0, lane);
    }
    return lane;
  }
}

/** In an order that somebody else decides. */
export class Chosen implements RunQueue {
  readonly #ready: Task[] = [];
  readonly #choose: (ready: readonly Task[]) => number;

  constructor(choose: (ready: readonly Task[]) => number) {
    this.#choose = choose;
  }

  get size(): number {
    return this.#ready.length;
  }

  push(task: Task): void {
    this.#ready.push(task);
  }

  pushDue(task: Task): void {
    this.push(task);
  }

  shift(): Task | undefined {
    if (this.#ready.length < 2) return this.#ready.pop();
    const at = this.#choose(this.#ready);
    if (!Number.isInteger(at) || at < 0 || at >= this.#ready.length) {
      throw new RangeError(
        `Cannot run number ${at} of ${this.#ready.length} ready tasks: the order is to give an index`,
      );
    }
    return this.#ready.splice(at, 1)[0];
  }
}
