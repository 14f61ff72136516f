import { inspect } from 'node:util';
import { drawSchedule } from './draw-schedule.js';
import { scheduleTable } from './schedule-table.js';
import type { TraceStep } from './trace.js';

/**
 * What went wrong. `invariant`: it did not hold at the end. `error`: a thread's function threw. `deadlock`: threads sleep and
 * nobody is left to wake them. `livelock`: threads turn in circles, or came to no end within `maxSteps`. `race`:
 * two touched plain memory, and nothing puts one before the other.
 */
export type FailureKind = 'invariant' | 'error' | 'deadlock' | 'livelock' | 'race';

/** What a {@link Failure} is made of. */
export interface FailureData {
  readonly kind: FailureKind;
  readonly message: string;
  readonly execution: number;
  readonly choices: string;
  readonly trace: readonly TraceStep[];
  readonly threads: readonly string[];
  readonly words: readonly string[];
  readonly start: readonly number[];
  readonly end: readonly number[];
}

/** Options of a failure's picture. */
export interface SchedulePictureOptions {
  /** Stands above it. Default: what went wrong. */
  readonly title?: string;
  /** Whose colours. Default: `auto`, those of the page. */
  readonly theme?: 'auto' | 'light' | 'dark';
}

/**
 * One bad schedule: what went wrong, how it came to that step by step, and the choices by which `explore` repeats it.
 *
 * It is a picture, too: `show(failure)` of timeline draws it in a notebook, `console.log` prints the table.
 */
export class Failure {
  readonly kind: FailureKind;
  /** What went wrong, in a sentence. */
  readonly message: string;
  /** The number of the execution that failed first in this way, from 1. */
  readonly execution: number;
  /** For `replay`: the schedule, made as short of preemptions as it still fails. */
  readonly choices: string;
  /** The steps of that schedule. */
  readonly trace: readonly TraceStep[];
  /** What the threads are called. */
  readonly threads: readonly string[];
  /** What the words are called. */
  readonly words: readonly string[];
  /** The words' values before the first step. */
  readonly start: readonly number[];
  /** The words' values after the last step. */
  readonly end: readonly number[];

  /** @internal `explore` makes them. */
  constructor(data: FailureData) {
    this.kind = data.kind;
    this.message = data.message;
    this.execution = data.execution;
    this.choices = data.choices;
    this.trace = data.trace;
    this.threads = data.threads;
    this.words = data.words;
    this.start = data.start;
    this.end = data.end;
  }

  /** The schedule as a table: step, thread, operation, and what each word becomes. */
  toText(): string {
    return scheduleTable(this);
  }

  /** The schedule as an SVG document: a column for each thread, a line for each step. */
  toSvg(options: SchedulePictureOptions = {}): string {
    return drawSchedule(this, options);
  }

  toString(): string {
    return `Failure: ${this.kind}, ${this.message}, choices ${this.choices}`;
  }

  [inspect.custom](): string {
    return this.toText();
  }
}
