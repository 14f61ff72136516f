/**
 * Keeps threads from being ended at the two moments at which they cannot stand it.
 *
 * A thread that is terminated while it loads koffi takes the whole process with it (`FATAL ERROR ... napi_throw`). So it
 * loads behind a gate, one thread at a time, and `terminate()` of a worker and the end of the process go through the
 * same gate. It takes 10 ms, once a thread.
 *
 * A thread that sleeps in a futex hears of its end only when it wakes. So the end of the process wakes it, and it goes
 * to rest in `Atomics.wait`, from which Node can end it.
 *
 * It protects threads that were started after this module was loaded in the thread that started them.
 */
import process from 'node:process';
import { isMainThread, type Worker } from 'node:worker_threads';
import { systemClock } from '@interleave/core';
import { livingThreads } from './living-threads.js';

/** Places in the table of living threads: who is in the gate, 0 for nobody; and 1 once the process ends. */
const [GATE, ENDING] = [2, 3];
/** Milliseconds; a load that takes longer hangs, and nobody should hang with it. */
const PATIENCE = 2_000;
const SLICE = 10;

const table = new Int32Array(livingThreads.buffer);

/** Runs what must not be interrupted by the end of the thread. */
export function undisturbed<T>(body: () => T): T {
  // The main thread ends when it says so itself.
  if (isMainThread) return body();
  enter();
  try {
    return body();
  } finally {
    leave();
  }
}

/** For a worker that was woken out of a futex: stays here if the process ends, and returns at once if not. */
export function restIfEnding(): void {
  if (!isMainThread && Atomics.load(table, ENDING) === 1) Atomics.wait(table, ENDING, 1, PATIENCE);
}

function tryEnter(): boolean {
  const me = livingThreads.self();
  const holder = Atomics.compareExchange(table, GATE, 0, me);
  if (holder === 0) return true;
  return !livingThreads.has(holder) && Atomics.compareExchange(table, GATE, holder, me) === holder;
}

function enter(): void {
  const due = systemClock.now() + PATIENCE;
  while (!tryEnter() && systemClock.now() < due) Atomics.wait(table, GATE, Atomics.load(table, GATE), SLICE);
}

function leave(): void {
  if (Atomics.compareExchange(table, GATE, livingThreads.self(), 0) !== 0) Atomics.notify(table, GATE);
}

let running = 0;

process.on('worker', (worker: Worker) => {
  running++;
  worker.once('exit', () => running--);
  const terminate = worker.terminate.bind(worker);
  worker.terminate = async () => {
    const due = systemClock.now() + PATIENCE;
    // In the common case nobody loads, and the worker is told within this call, as ever.
    while (!tryEnter() && systemClock.now() < due) {
      await new Promise<void>((resolve) => systemClock.setTimer(1, resolve));
    }
    try {
      return terminate();
    } finally {
      leave();
    }
  };
});

process.on('exit', () => {
  if (isMainThread) Atomics.store(table, ENDING, 1);
  // Never left again: with the end of this thread, that of the workers begins.
  if (running > 0) enter();
});
