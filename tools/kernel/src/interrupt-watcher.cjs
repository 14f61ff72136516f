// The thread that hears SIGINT while the kernel's main thread is blocked.
//
// It parks in a script that Node ends when the signal comes (`breakOnSigint`). A second such script around it keeps
// Node's handler installed between one signal and the next: without it a quick second signal would end the process.
'use strict';

const inspector = require('node:inspector');
const vm = require('node:vm');
const { parentPort, workerData } = require('node:worker_threads');

const { words, WORDS, ASK } = workerData;
/** Milliseconds the main thread has to hear of a signal by itself. */
const PATIENCE = 100;

const never = new Int32Array(new SharedArrayBuffer(4));
let number = 0;

globalThis.park = () => Atomics.wait(never, 0, 0);

globalThis.deliver = () => {
  number++;
  parentPort.postMessage(number);
  while (!handled()) ask();
};

function handled() {
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
function ask() {
  const session = new inspector.Session();
  session.connectToMainThread();
  Atomics.store(words, WORDS.verdict, 0);
  session.post('Runtime.evaluate', { expression: `globalThis.${ASK}(${number})`, silent: true });
  // No answer means that the main thread is in native code; the next question finds it where it is then.
  Atomics.wait(words, WORDS.verdict, 0, 10 * PATIENCE);
  session.disconnect();
}

const park = new vm.Script('park()');
const deliver = new vm.Script('deliver()');
const interruptible = { breakOnSigint: true };

globalThis.watch = () => {
  parentPort.postMessage(0);
  for (;;) {
    try {
      park.runInThisContext(interruptible);
    } catch {
      // The signal came.
    }
    try {
      deliver.runInThisContext(interruptible);
    } catch {
      // Another one came meanwhile; the main thread has been told of the first.
    }
  }
};

const watch = new vm.Script('watch()');
for (;;) {
  try {
    watch.runInThisContext(interruptible);
  } catch {
    // The signal came between two scripts.
    try {
      deliver.runInThisContext(interruptible);
    } catch {
      // As above.
    }
  }
}
