import type { Task } from './task.js';

/**
 * Tasks that wait for the same thing, first come, first served. A task stands in one line at a time, so the line's links
 * are fields of the tasks: standing in it costs no memory, and leaving it, from anywhere, one step.
 */
export class Line {
  #first: Task | undefined;
  #last: Task | undefined;
  #size = 0;

  /** How many stand in it. */
  get size(): number {
    return this.#size;
  }

  /** Who is first. */
  peek(): Task | undefined {
    return this.#first;
  }

  /** Puts a task at the end. */
  push(task: Task): void {
    task.before = this.#last;
    if (this.#last === undefined) this.#first = task;
    else this.#last.behind = task;
    this.#last = task;
    this.#size += 1;
  }

  /** Takes the first task out. */
  shift(): Task | undefined {
    const first = this.#first;
    if (first !== undefined) this.delete(first);
    return first;
  }

  /** Takes a task out that stands in it. */
  delete(task: Task): void {
    const { before, behind } = task;
    if (before === undefined) this.#first = behind;
    else before.behind = behind;
    if (behind === undefined) this.#last = before;
    else behind.before = before;
    task.before = task.behind = undefined;
    this.#size -= 1;
  }
}
