import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { inspect } from 'node:util';
import { serialize } from 'node:v8';
import type { Words } from '@interleave/memory';
import { RESULT_BYTES, type Control } from './control.js';
import { ExploredWords } from './explored-words.js';
import type { Rounds } from './rounds.js';
import { RETURNS, THROWS } from './scripts.js';
import { WaitPromises } from './wait-promises.js';
import { watchedCells, type Cells } from './watched-cells.js';
import type { ThreadOutcome } from './protocol.js';
import { Stopped, Turn } from './turn.js';

const NOTHING = new Uint8Array();

/**
 * Runs a function again and again, as far as it is needed, until `explore()` says stop.
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
  const promises = new WaitPromises(control, turn);
  const words = new ExploredWords(control.words.length, turn, promises);
  const cells = watchedCells(control, turn);
  start();
  try {
    for (;;) {
      const running = runOnce(turn, promises, () => fn(words, me, cells));
      // A function that is not asynchronous never gives way to the event loop.
      if (running !== undefined) await running;
    }
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
  }
}

function runOnce(turn: Turn, promises: WaitPromises, body: () => unknown): Promise<void> | undefined {
  try {
    promises.begin();
    turn.begin();
    const value = body();
    if (value instanceof Promise) return finishLater(turn, promises, value);
    finish(turn, value);
  } catch (error) {
    fail(turn, error);
  }
  return undefined;
}

/** Plays the event loop: when nothing is ready any more, the next promise is resolved. */
async function finishLater(turn: Turn, promises: WaitPromises, running: Promise<unknown>): Promise<void> {
  let settled = false;
  const settle = (): void => void (settled = true);
  running.then(settle, settle);
  try {
    turn.leaveScript();
    // A turn of the loop comes after all that is ready.
    for (await turnOfTheLoop(); !settled && !turn.unwinding; await turnOfTheLoop()) promises.resolveNext();
    finish(turn, turn.unwinding ? undefined : await running);
  } catch (error) {
    fail(turn, error);
  }
}

function finish(turn: Turn, value: unknown): void {
  // What explored code makes of the end of its execution, by catching it, does not count.
  if (turn.unwinding) return turn.unwound();
  turn.ends(RETURNS, value === undefined ? NOTHING : bytesOf({ type: 'returned', value }));
}

function fail(turn: Turn, error: unknown): void {
  if (error instanceof Stopped) throw error;
  if (turn.unwinding) return turn.unwound();
  turn.ends(THROWS, bytesOf(describeError(error)));
}

function describeError(error: unknown): ThreadOutcome {
  const [message, stack] = error instanceof Error ? [`${error.name}: ${error.message}`, error.stack] : [inspect(error)];
  return { type: 'threw', message, stack: stack ?? message };
}

function bytesOf(outcome: ThreadOutcome): Uint8Array {
  const bytes = serialize(outcome);
  if (bytes.length > RESULT_BYTES) {
    throw new RangeError(`Cannot return ${bytes.length} bytes from an explored thread: the most is ${RESULT_BYTES}`);
  }
  return bytes;
}
