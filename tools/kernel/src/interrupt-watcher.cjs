// The thread that hears SIGINT while the kernel's main thread is blocked. Both count the signals; this one sees to it
// that the other one deals with each of them, one after the other.
'use strict';

const inspector = require('node:inspector');
const { parentPort, workerData } = require('node:worker_threads');
const { hearSigint } = require('./sigint.cjs');

const { words, WORDS, ASK } = workerData;
/** Milliseconds the main thread has to deal with a signal by itself. */
const PATIENCE = 100;

/** Whether the main thread has dealt with as many signals. */
function handled(number) {
  const until = Date.now() + PATIENCE;
  for (;;) {
    const seen = Atomics.load(words, WORDS.handled);
    if (seen >= number) return true;
    const rest = until - Date.now();
    if (rest <= 0) return false;
    Atomics.wait(words, WORDS.handled, seen, rest);
  }
}

/** Asks the main thread, in the middle of what it does, to end that if it is a reader's code. */
function ask(number) {
  const session = new inspector.Session();
  session.connectToMainThread();
  Atomics.store(words, WORDS.verdict, 0);
  session.post('Runtime.evaluate', { expression: `globalThis.${ASK}(${number})`, silent: true });
  // No answer means that the main thread is in native code; the next question finds it where it is then.
  Atomics.wait(words, WORDS.verdict, 0, 10 * PATIENCE);
  session.disconnect();
}

hearSigint(() => {
  const number = Atomics.add(words, WORDS.seen, 1) + 1;
  while (!handled(number)) ask(number);
});
parentPort.postMessage('hears');
