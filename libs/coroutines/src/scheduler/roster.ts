import type { Task } from './task.js';

/** All tasks that are not over, the oldest first: a list through fields of theirs, so that it costs no memory. */
export class Roster {
  #first: Task | undefined;
  #last: Task | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(task: Task): void {
    task.earlier = this.#last;
    if (this.#last === undefined) this.#first = task;
    else this.#last.later = task;
    this.#last = task;
    this.#size += 1;
  }

  delete(task: Task): void {
    const { earlier, later } = task;
    if (earlier === undefined) this.#first = later;
    else earlier.later = later;
    if (later === undefined) this.#last = earlier;
    else later.earlier = earlier;
    task.earlier = task.later = undefined;
    this.#size -= 1;
  }

  /** A copy, for tasks end while it is walked. */
  all(): Task[] {
    const tasks: Task[] = [];
    for (let task = this.#first; task !== undefined; task = task.later) tasks.push(task);
    return tasks;
  }
}
