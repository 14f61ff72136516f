// Hears SIGINT in the event loop of any thread. `process.on('SIGINT')` does so in the main thread alone, and a cell may
// take all its listeners away. Node's own `breakOnSigint` is no way either: it replaces the handler of the process, takes
// several quick signals for one, and says nothing of the order in which a signal and the end of a script came.
'use strict';

const { constants } = require('node:os');

/**
 * Calls back for each signal, as soon as this thread's event loop turns; the handler never goes.
 *
 * @param {() => void} onSignal
 * @returns {object} the open handle, which may be `unref()`ed
 * @throws {Error} if this Node does not let signals be heard that way
 */
function hearSigint(onSignal) {
  const signal = new (signalClass())();
  signal.onsignal = onSignal;
  const failed = signal.start(constants.signals.SIGINT);
  if (failed) throw new Error(`Cannot hear SIGINT: error ${failed}`);
  return signal;
}

/** Not documented, and deprecated since Node 10, but there; the warning would be the first thing that a reader sees. */
function signalClass() {
  const { noDeprecation } = process;
  process.noDeprecation = true;
  try {
    return process.binding('signal_wrap').Signal;
  } finally {
    process.noDeprecation = noDeprecation;
  }
}

module.exports = { hearSigint };
