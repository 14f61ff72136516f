// SIGINT ends what a cell is doing, whatever that is. While a cell awaits, the event loop hears of the signal. While it
// blocks (an endless loop, `Atomics.wait`), also after an `await`, nothing in this thread can hear anything; then a
// watcher thread (interrupt-watcher.cjs) ends the running JavaScript through the inspector.
//
//   SIGINT -> this thread's event loop: the cell ends as interrupted
//          -> watcher -- that did not happen within 100 ms
//                           v
//                        the inspector asks, in the middle of whatever runs: is that a reader's code?
//                           | yes: it ends there and then, and the event loop hears of the signal after all
//                           | no (idle, or the kernel itself): ask again later
//
// A signal is meant for the cell that runs when it comes. The event loop turns once between two cells, and hears then of
// every signal that came before the next one begins; the watcher ends only what runs without a turn since the signal.
'use strict';

const inspector = require('node:inspector');
const path = require('node:path');
const vm = require('node:vm');
const { Worker } = require('node:worker_threads');
const { hearSigint } = require('./sigint.cjs');

/** Words that both threads see. */
const WORDS = { seen: 0, handled: 1, verdict: 2 };
/** What this thread answers the watcher. */
const VERDICTS = { ended: 1, notNow: 2 };
/** Where the inspector finds the question. */
const ASK = '__interleaveKernelEnd';
/** Files whose code is not a reader's. */
const KERNEL_FILE = /^node:|[\\/]tslab[\\/]dist[\\/]|[\\/]tools[\\/]kernel[\\/]/;

class Interrupts {
  #words = new Int32Array(new SharedArrayBuffer(12));
  #onInterrupt;
  #heard = 0;
  #guards = 0;
  #session;
  #watching = false;

  /** Resolves when interrupts are heard also while this thread is blocked, or when it is known that they will not be. */
  ready;

  /** @param {() => Promise<void>} onInterrupt - ends the running cell; resolves when it is over */
  constructor(onInterrupt) {
    this.#onInterrupt = onInterrupt;
    try {
      hearSigint(() => this.#hear()).unref();
    } catch {
      // The next best: a cell can take it away, and the watcher, which has no other way, does not start.
      process.on('SIGINT', this.#listener);
    }
    this.ready = this.#startWatcher();
    this.#takeOverVm();
    Object.defineProperty(globalThis, ASK, { value: (number) => this.#end(number), enumerable: false });
  }

  /** Takes all other listeners of the signal away. */
  listenAlone() {
    for (const listener of process.listeners('SIGINT')) {
      if (listener !== this.#listener) process.off('SIGINT', listener);
    }
  }

  /** Runs synchronous code that must not be ended half-way, such as the type checker. */
  guard(body) {
    this.#guards++;
    try {
      return body();
    } finally {
      this.#guards = Math.max(0, this.#guards - 1);
    }
  }

  #listener = () => this.#hear();

  #startWatcher() {
    return new Promise((resolve) => {
      const watcher = new Worker(path.join(__dirname, 'interrupt-watcher.cjs'), {
        workerData: { words: this.#words, WORDS, ASK },
        execArgv: [],
        stdout: true,
        stderr: true,
      });
      watcher.unref();
      watcher.once('message', () => {
        // From here on both threads count the same signals; what came earlier met no cell.
        setImmediate(() => {
          this.#heard = Atomics.load(this.#words, WORDS.seen);
          Atomics.store(this.#words, WORDS.handled, this.#heard);
          this.#watching = true;
          resolve();
        });
      });
      // Without a watcher the event loop hears of the signal itself, if it turns.
      watcher.on('error', () => resolve());
      watcher.on('exit', () => {
        this.#watching = false;
        resolve();
      });
    });
  }

  /**
   * The signal counts as handled when the cell is over. Until then the watcher keeps looking: code that was awaited may
   * go on, and block this thread before the reply is out.
   */
  #hear() {
    const number = ++this.#heard;
    void this.#onInterrupt().then(() => {
      Atomics.store(this.#words, WORDS.handled, number);
      Atomics.notify(this.#words, WORDS.handled);
    });
  }

  /**
   * Node's own way to end a cell (`breakOnSigint`) takes the signal over for the length of one synchronous script and
   * gives it back in a state in which the next one ends the process. The watcher does the same job for all code.
   */
  #takeOverVm() {
    const interrupts = this;
    for (const name of ['runInThisContext', 'runInContext']) {
      const run = vm.Script.prototype[name];
      Object.defineProperty(vm.Script.prototype, name, {
        configurable: true,
        writable: true,
        value(...args) {
          const at = name === 'runInContext' ? 1 : 0;
          if (!interrupts.#watching || !args[at]?.breakOnSigint) return run.apply(this, args);
          args[at] = { ...args[at], breakOnSigint: false };
          // A cell begins: its code may be ended, the checker that ran before may not.
          const guards = interrupts.#guards;
          interrupts.#guards = 0;
          try {
            return run.apply(this, args);
          } finally {
            interrupts.#guards = guards;
          }
        },
      });
    }
  }

  /**
   * Called through the inspector, in the middle of whatever this thread does: ends it if it is a reader's code.
   *
   * Looking and ending are one step. Were the end a message of its own, it could arrive when that code is over, and
   * hit the kernel.
   */
  #end(number) {
    const ended = Atomics.load(this.#words, WORDS.handled) < number && this.#guards === 0 && readersCodeRuns();
    if (ended) {
      forgetAsyncStack();
      this.#session ??= connected();
    }
    Atomics.store(this.#words, WORDS.verdict, ended ? VERDICTS.ended : VERDICTS.notNow);
    Atomics.notify(this.#words, WORDS.verdict);
    if (ended) this.#session.post('Runtime.terminateExecution');
  }
}

function connected() {
  const session = new inspector.Session();
  session.connect();
  return session;
}

/** Whether a frame below this one is neither the kernel's nor Node's. */
function readersCodeRuns() {
  const { prepareStackTrace, stackTraceLimit } = Error;
  try {
    Error.prepareStackTrace = (_error, sites) => sites;
    Error.stackTraceLimit = 50;
    const sites = new Error().stack;
    // The first frames are this function, the one that called it, and the inspector's own expression.
    return sites.slice(3).some((site) => {
      const file = site.getFileName() ?? site.getScriptNameOrSourceURL?.();
      return typeof file === 'string' && file !== '' && !KERNEL_FILE.test(file);
    });
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/**
 * Node counts the asynchronous operations that it is inside of, and ends the process when the count does not fit. Code
 * that is ended never leaves its operations. An uncaught exception has the same problem, and handling one resets the
 * count: so one is handled here, unseen.
 */
function forgetAsyncStack() {
  if (process.hasUncaughtExceptionCaptureCallback()) return;
  process.setUncaughtExceptionCaptureCallback(() => {});
  try {
    process._fatalException(new Error('interrupted'));
  } finally {
    process.setUncaughtExceptionCaptureCallback(null);
  }
}

module.exports = { Interrupts };
