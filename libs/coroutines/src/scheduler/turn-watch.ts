import { newSpanNumber, spanTrace, traceTime, type Clock } from '@interleave/core';
import type { Task, TaskState } from './task.js';

/** One turn of a task, from where it went on to its next `yield`. */
export interface Turn {
  readonly task: Task;
  /** When it began and ended, by the scheduler's clock. */
  readonly start: number;
  readonly end: number;
  /** What the task was after it: `ready` if it only gave others a turn. */
  readonly state: TaskState;
  /** What it waits for, if it does. */
  readonly waitsFor: string | undefined;
}

/** Tells of turns: to `onSwitch`, and to the channel of spans, where a row is a task. */
export class TurnWatch {
  readonly #clock: Clock;
  readonly #onSwitch: ((turn: Turn) => void) | undefined;

  constructor(clock: Clock, onSwitch: ((turn: Turn) => void) | undefined) {
    this.#clock = clock;
    this.#onSwitch = onSwitch;
  }

  /** Whether anybody listens. */
  get active(): boolean {
    return this.#onSwitch !== undefined || spanTrace.active;
  }

  /** Has a task take its turn, and tells of it. */
  turn(task: Task): boolean {
    const traced = traceTime();
    const start = this.#clock.now();
    const again = task.turn();
    if (spanTrace.active) publish(task, traced);
    this.#onSwitch?.({
      task,
      start,
      end: this.#clock.now(),
      state: task.state,
      waitsFor: task.waitsFor?.toString(),
    });
    return again;
  }
}

function publish(task: Task, start: number): void {
  const { name, state } = task;
  spanTrace.publish({
    span: newSpanNumber(),
    name,
    lane: name,
    start,
    end: traceTime(),
    state: state === 'failed' || state === 'cancelled' ? state : 'succeeded',
  });
}
