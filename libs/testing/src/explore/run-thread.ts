import { inspect } from 'node:util';
import { deserialize, serialize } from 'node:v8';
import type { Words } from '@interleave/memory';
import { RESULT_BYTES, type Control } from './control.js';
import { ExploredWords } from './explored-words.js';
import { RaceWatch } from './race-watch.js';
import { watchedCells, type Cells } from './watched-cells.js';
import type { ThreadOutcome } from './protocol.js';
import { Stopped, Turn } from './turn.js';

/**
 * Runs a function once in every execution until `explore()` says stop.
 *
 * @param start - called when the thread is there and waits
 */
export function runThread(
  control: Control,
  me: number,
  fn: (words: Words, me: number, cells: Cells) => unknown,
  start: () => void,
): void {
  const turn = new Turn(control, me);
  const races = new RaceWatch(control, turn);
  const words = new ExploredWords(control, turn, races);
  const cells = watchedCells(control, races);
  start();
  try {
    for (;;) runOnce(control, turn, () => fn(words, me, cells));
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
  }
}

function runOnce(control: Control, turn: Turn, body: () => unknown): void {
  try {
    turn.begin();
    const value = body();
    // What explored code makes of the end of its execution, by catching it, does not count.
    if (turn.unwinding) return turn.unwound();
    if (value !== undefined) writeOutcome(control, turn.me, { type: 'returned', value });
    turn.done();
  } catch (error) {
    if (error instanceof Stopped) throw error;
    if (turn.unwinding) return turn.unwound();
    writeOutcome(control, turn.me, describeError(error));
    turn.threw();
  }
}

function describeError(error: unknown): ThreadOutcome {
  const [message, stack] = error instanceof Error ? [`${error.name}: ${error.message}`, error.stack] : [inspect(error)];
  return { type: 'threw', message, stack: stack ?? message };
}

function writeOutcome(control: Control, me: number, outcome: ThreadOutcome): void {
  const bytes = serialize(outcome);
  if (bytes.length > RESULT_BYTES) {
    throw new RangeError(`Cannot return ${bytes.length} bytes from an explored thread: the most is ${RESULT_BYTES}`);
  }
  control.result(me).set(bytes);
  control.resultLength[me] = bytes.length;
}

/** What a thread's function returned or threw in the execution that has ended, if it did. */
export function readOutcome(control: Control, thread: number): ThreadOutcome | undefined {
  const length = control.resultLength[thread] as number;
  // A copy: what is read would otherwise share memory with the thread.
  return length === 0 ? undefined : (deserialize(control.result(thread).slice(0, length)) as ThreadOutcome);
}
