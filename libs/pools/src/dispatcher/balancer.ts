import { systemClock, type StopTimer } from '@interleave/core';
import type { PoolTask } from './pool-task.js';
import type { WorkerLink } from './worker-link.js';

/** How often stuck workers are looked for while tasks wait at some, in milliseconds. */
const WATCH = 10;
/** What is expected to be done within this time is done before a thief has begun, in milliseconds. */
const NOT_WORTH_IT = 0.2;

/**
 * Moves tasks that were sent ahead away from workers where they would wait too long.
 *
 * What is sent ahead is a guess from measured times. Two things put a wrong guess right: a worker that has become idle
 * gets half of what waits at the busiest one, or the task of one that is not up yet, and a worker that has not answered for
 * 10 ms loses all that waits there.
 *
 * @internal
 */
export class Balancer {
  readonly #links: ReadonlySet<WorkerLink>;
  readonly #reclaim: (task: PoolTask) => boolean;
  readonly #putBack: (tasks: readonly PoolTask[]) => void;
  readonly #begun: (task: PoolTask) => boolean;
  #stopped = false;
  #stopWatch: StopTimer | undefined;

  /**
   * @param reclaim - takes a task back from its worker, unless it has begun
   * @param putBack - puts tasks to the front of the queue
   * @param begun - whether the worker of a task has begun it
   */
  constructor(
    links: ReadonlySet<WorkerLink>,
    reclaim: (task: PoolTask) => boolean,
    putBack: (tasks: readonly PoolTask[]) => void,
    begun: (task: PoolTask) => boolean,
  ) {
    this.#links = links;
    this.#reclaim = reclaim;
    this.#putBack = putBack;
    this.#begun = begun;
  }

  /** Takes tasks from busy workers for idle ones. */
  steal(): void {
    for (const idle of this.#links) {
      if (!idle.idle) continue;
      let victim: WorkerLink | undefined;
      for (const link of this.#links) {
        // What was sent ahead to one that is still starting waits for nothing but that.
        if (!link.ready && this.#takeTail(link, Infinity) > 0) return;
        if (link.inFlight < 2 || link.load <= NOT_WORTH_IT) continue;
        if (victim === undefined || link.load > victim.load) victim = link;
      }
      if (victim === undefined) return;
      this.#takeTail(victim, victim.inFlight >> 1);
    }
  }

  /** While tasks wait at workers, looks now and then whether one of them is stuck. */
  watch(): void {
    if (this.#stopWatch !== undefined || !this.#someWait()) return;
    // After what has arrived was read: if this thread was busy itself, the answers may be waiting for it.
    const soon = (): void => void setImmediate(() => this.#look()).unref();
    this.#stopWatch = systemClock.setTimer(WATCH, soon, { keepAlive: false });
  }

  /** No more looking. */
  stop(): void {
    this.#stopped = true;
    this.#stopWatch?.();
  }

  #look(): void {
    if (this.#stopped) return;
    this.#stopWatch = undefined;
    for (const link of this.#links) {
      if (link.inFlight > 1 && link.answers === link.seen) {
        const first = link.first();
        // A worker that has begun nothing waits for a processor, which tells nothing about its tasks.
        const begun = first !== undefined && this.#begun(first);
        if (this.#takeTail(link, Infinity) > 0 && begun) first.fn.measured(1, WATCH);
      }
      link.seen = link.answers;
    }
    this.watch();
  }

  /** Puts back up to `most` tasks that a worker has not begun, the last ones first. */
  #takeTail(link: WorkerLink, most: number): number {
    const tasks = link.tasks();
    const taken: PoolTask[] = [];
    for (let at = tasks.length - 1; at >= 0 && taken.length < most; at--) {
      const task = tasks[at] as PoolTask;
      if (!task.stays && this.#reclaim(task)) taken.push(task);
    }
    if (taken.length > 0) this.#putBack(taken.reverse());
    return taken.length;
  }

  #someWait(): boolean {
    for (const link of this.#links) if (link.inFlight > 1) return true;
    return false;
  }
}
