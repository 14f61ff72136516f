/**
 * What an execution leaves behind for `explore()` to judge, while the next is under way already.
 *
 *     how it ended, steps, killed, results, diverged | length of each result | words | cells | choices
 */
import { deserialize } from 'node:v8';
import {
  DEAD,
  END,
  NOBODY,
  ORDERS,
  PLANNED,
  POLICY,
  RECORD_HEAD,
  RECORDED,
  RESULT_BYTES,
  RETURNED,
  STAY,
  STEP,
  STRAYED,
  recordSize,
  type Control,
} from './control.js';
import type { ThreadOutcome } from './protocol.js';
import type { Scripts } from './scripts.js';

/** One execution that is over. */
export interface ExecutionRecord {
  /** As `head[END]` had it. */
  readonly how: number;
  readonly words: Int32Array;
  readonly cells: Int32Array;
  /** The numbers of the threads that were killed. */
  readonly killed: readonly number[];
  /** What was chosen at each step. */
  readonly choices: Int32Array;
  /** The first step at which its orders could not be followed, or -1. */
  readonly diverged: number;
  /** What a thread's function returned or threw, if it did. */
  readonly outcome: (thread: number) => ThreadOutcome | undefined;
}

/** Whether another record surely fits. */
export function hasRoom(control: Control): boolean {
  const { head, records, returned, handle } = control;
  const bytes = handle.threads * RESULT_BYTES;
  return (
    (head[RECORDED] as number) + recordSize(handle) <= records.length &&
    (head[RETURNED] as number) + bytes <= returned.length
  );
}

/** Forgets all records. */
export function clearRecords({ head }: Control): void {
  head[RECORDED] = 0;
  head[RETURNED] = 0;
}

/** Writes down the execution that has ended. */
export function writeRecord(control: Control, scripts: Scripts): void {
  const { head, records, returned, handle, words, cells, chosen } = control;
  const { threads } = handle;
  const steps = head[STEP] as number;
  let at = head[RECORDED] as number;
  let bytes = head[RETURNED] as number;
  records[at] = head[END] as number;
  records[at + 1] = steps;
  records[at + 2] = dead(control);
  records[at + 3] = bytes;
  records[at + 4] = diverged(control);
  at += RECORD_HEAD;
  for (let thread = 0; thread < threads; thread++) {
    const end = scripts.end(thread);
    records[at + thread] = end.length;
    if (end.length > 0) returned.set(end, bytes);
    bytes += end.length;
  }
  at += threads;
  for (let word = 0; word < words.length; word++) records[at + word] = words[word] as number;
  at += words.length;
  if (cells.length > 0) records.set(cells, at);
  at += cells.length;
  for (let step = 0; step < steps; step++) records[at + step] = chosen[step] as number;
  head[RECORDED] = at + steps;
  head[RETURNED] = bytes;
}

/** Reads all records, from the oldest; they hold until the next execution. */
export function* readRecords(control: Control): Generator<ExecutionRecord> {
  const { head, records, returned, handle } = control;
  const { threads, words, cells } = handle;
  for (let at = 0; at < (head[RECORDED] as number);) {
    const [how = 0, steps = 0, killed = 0, bytes = 0, diverged = NOBODY] = records.subarray(at, at + RECORD_HEAD);
    at += RECORD_HEAD;
    const take = (length: number): Int32Array => records.subarray(at, (at += length));
    const lengths = take(threads);
    yield {
      how,
      words: take(words),
      cells: take(cells),
      killed: killed === 0 ? [] : [...lengths.keys()].filter((thread) => ((killed >> thread) & 1) === 1),
      choices: take(steps),
      diverged,
      outcome: (thread) => {
        const length = lengths[thread] as number;
        if (length === 0) return undefined;
        const begin = bytes + lengths.subarray(0, thread).reduce((sum, other) => sum + other, 0);
        // A copy: what is read would otherwise share memory with the threads.
        return deserialize(returned.slice(begin, begin + length)) as ThreadOutcome;
      },
    };
  }
}

function dead({ state }: Control): number {
  let set = 0;
  for (let thread = 0; thread < state.length; thread++) if (state[thread] === DEAD) set |= 1 << thread;
  return set;
}

/** Each planned execution repeats the beginning of another, so the same choices must lead to the same steps. */
function diverged({ head, orders, chosen }: Control): number {
  if (head[END] === STRAYED) return head[STEP] as number;
  if (head[PLANNED] === 0 || head[POLICY] !== STAY) return -1;
  const steps = head[STEP] as number;
  for (let step = 0; step < (head[ORDERS] as number); step++) {
    if (step >= steps || orders[step] !== chosen[step]) return step;
  }
  return -1;
}
