import { checkTimeout, InvalidStateError } from '@interleave/core';
import type { TimerQueueEntry } from '../timer-queue.js';
import type { Task } from './task.js';
import { Wait } from './wait.js';

/** @internal The wait for a time, and its own place among all that sleep: one object less for each of them. */
export class Sleep extends Wait<void> implements TimerQueueEntry {
  readonly delay: number;
  due = NaN;
  age = 0;
  place = -1;
  slot = -1;
  #task: Task | undefined = undefined;

  constructor(delay: number) {
    super();
    this.delay = delay;
  }

  /** Who sleeps for ever waits to be cancelled: no deadlock. */
  override get outside(): boolean {
    return this.delay === Infinity;
  }

  arm(task: Task): void {
    if (this.#task !== undefined) {
      throw new InvalidStateError(`Cannot ${this.toString()}: ${this.#task.toString()} does; make one for each task`);
    }
    if (this.delay === 0) {
      task.wake(this, undefined);
      return;
    }
    this.#task = task;
    if (this.delay !== Infinity) task.host.sleepers.add(this);
  }

  disarm(task: Task): void {
    this.#task = undefined;
    task.host.sleepers.delete(this);
  }

  /** Its time has come. */
  ring(): void {
    const task = this.#task;
    this.#task = undefined;
    task?.wake(this, undefined);
  }

  toString(): string {
    return `sleep(${this.delay})`;
  }
}

/**
 * Waits for a while of the scheduler's clock, never for less.
 *
 * @param delay - milliseconds from 0; 0 gives every other ready task a turn, `Infinity` waits until it is cancelled
 * @returns what to yield, by one task at a time
 * @throws {RangeError | TypeError} if it is not such a number
 *
 * @example
 * ```ts
 * yield sleep(100);
 * ```
 */
export function sleep(delay: number): Wait<void> {
  if (delay === undefined) throw new TypeError('Cannot sleep for undefined: pass a number of milliseconds');
  return new Sleep(checkTimeout(delay, 'refuse'));
}
