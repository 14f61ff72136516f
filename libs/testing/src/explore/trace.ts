import { LOG, STEP, TIME, type Control } from './control.js';
import { operationName, type Operation } from './operations.js';
import { preemptionsOf } from './preemptions.js';

/** One step of a schedule: who did what to which word. */
export interface TraceStep {
  /** From 0. */
  readonly step: number;
  /** Whose step it is, from 0; of a kill, who was killed. */
  readonly thread: number;
  /**
   * A method of `Words`; `look` for a wait that did not sleep, `timeout` where a wait ran out of time, `kill` for the end of a
   * thread, `goesOn` where a thread woke up and ended without another operation; with `reorderTasks`, `resumes` where the task
   * that was woken first goes on, and `passes` where it lets the next one go before it.
   */
  readonly operation: Operation;
  /** The word's index, or `undefined` if the operation has none. */
  readonly word: number | undefined;
  /** The operation's arguments after the index. */
  readonly args: readonly number[];
  /** The word's value before, of `now` and `timeout` the time. */
  readonly before: number;
  /** The word's value afterwards, of `timeout` the time. */
  readonly after: number;
  /** Whether the thread before could have gone on and was made to stop. */
  readonly preempts: boolean;
}

/** Reads what the last execution has written down. */
export function readTrace(control: Control): readonly TraceStep[] {
  const { head, chosen, log } = control;
  return Array.from({ length: head[STEP] as number }, (_, step) => {
    const choice = chosen[step] as number;
    const [operation = 0, word = -1, first = 0, second = 0, before = 0, after = 0] = log.subarray(
      step * LOG,
      (step + 1) * LOG,
    );
    const name = operationName(operation);
    return {
      step,
      // Whatever kind of choice it is.
      thread: choice % TIME,
      operation: name,
      word: word < 0 || WORDLESS.includes(name) ? undefined : word,
      args: [first, second].slice(0, ARGUMENTS[name] ?? 1),
      before,
      after,
      preempts: preemptionsOf(control, step, choice) > 0,
    };
  });
}

const WORDLESS: readonly Operation[] = ['goesOn', 'resumes', 'passes'];

/** How many numbers of the log belong to an operation, where it is not one. */
const ARGUMENTS: Partial<Record<Operation, number>> = {
  goesOn: 0,
  load: 0,
  now: 0,
  timeout: 0,
  kill: 0,
  resumes: 0,
  passes: 0,
  compareExchange: 2,
  wait: 2,
  notify: 2,
  isAlive: 2,
};
