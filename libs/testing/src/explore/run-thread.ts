import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { inspect } from 'node:util';
import { serialize } from 'node:v8';
import type { Words } from '@interleave/memory';
import { RESULT_BYTES, type Control } from './control.js';
import { ExploredWords } from './explored-words.js';
import { RaceWatch } from './race-watch.js';
import type { Rounds } from './rounds.js';
import { WaitPromises } from './wait-promises.js';
import { watchedCells, type Cells } from './watched-cells.js';
import type { ThreadOutcome } from './protocol.js';
import { Stopped, Turn } from './turn.js';

/**
 * Runs a function once in every execution until `explore()` says stop.
 *
 * @param start - called when the thread is there and waits
 */
export async function runThread(
  control: Control,
  me: number,
  rounds: Rounds,
  fn: (words: Words, me: number, cells: Cells) => unknown,
  start: () => void,
): Promise<void> {
  const turn = new Turn(control, me, rounds);
  const races = new RaceWatch(control, turn);
  const promises = new WaitPromises(control, turn);
  const words = new ExploredWords(control, turn, races, promises);
  const cells = watchedCells(control, turn, races);
  start();
  try {
    for (;;) {
      const running = runOnce(control, turn, promises, () => fn(words, me, cells));
      // A function that is not asynchronous never gives way to the event loop.
      if (running !== undefined) await running;
    }
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
  }
}

function runOnce(control: Control, turn: Turn, promises: WaitPromises, body: () => unknown): Promise<void> | undefined {
  try {
    promises.begin();
    turn.begin();
    const value = body();
    if (value instanceof Promise) return finishLater(control, turn, promises, value);
    finish(control, turn, value);
  } catch (error) {
    fail(control, turn, error);
  }
  return undefined;
}

/** Plays the event loop: when nothing is ready any more, the next promise is resolved. */
async function finishLater(
  control: Control,
  turn: Turn,
  promises: WaitPromises,
  running: Promise<unknown>,
): Promise<void> {
  let settled = false;
  const settle = (): void => void (settled = true);
  running.then(settle, settle);
  try {
    // A turn of the loop comes after all that is ready.
    for (await turnOfTheLoop(); !settled && !turn.unwinding; await turnOfTheLoop()) promises.resolveNext();
    finish(control, turn, turn.unwinding ? undefined : await running);
  } catch (error) {
    fail(control, turn, error);
  }
}

function finish(control: Control, turn: Turn, value: unknown): void {
  // What explored code makes of the end of its execution, by catching it, does not count.
  if (turn.unwinding) return turn.unwound();
  if (value !== undefined) writeOutcome(control, turn.me, { type: 'returned', value });
  turn.done();
}

function fail(control: Control, turn: Turn, error: unknown): void {
  if (error instanceof Stopped) throw error;
  if (turn.unwinding) return turn.unwound();
  writeOutcome(control, turn.me, describeError(error));
  turn.threw();
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
