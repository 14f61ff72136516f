// Which cell the running code belongs to: what a timer of cell 1 prints while cell 2 runs is output of cell 1.
//
// Timers remember the cell that set them, with everything that is awaited behind them. What a worker prints belongs to
// the cell that last sent it something. All else belongs to the newest cell, as on plain tslab. An AsyncLocalStorage would
// know more, but it makes every `await` of every notebook twice as slow on Node 20 and 22, in a book that measures such
// things, and it would give what a pool's worker prints to the cell that made the pool.
'use strict';

const { syncBuiltinESMExports } = require('node:module');
const timers = require('node:timers');
const timersPromises = require('node:timers/promises');
const { promisify } = require('node:util');
const { Worker } = require('node:worker_threads');

class Origin {
  #newest;
  /** The cell of the timer that fired last, until its callback and its promises are done. */
  #timerCell;
  /** The cell of the worker whose output is being passed on at this moment. */
  #workerCell;
  #owners = new WeakMap();

  constructor() {
    this.#followWorkers();
    this.#followTimers();
  }

  /** The cell that the running code belongs to; undefined before the first one. */
  current() {
    return this.#workerCell ?? this.#timerCell ?? this.#newest;
  }

  /** Runs the code of a cell; what it starts belongs to it. */
  run(cell, body) {
    this.#newest = cell;
    this.#timerCell = undefined;
    return body();
  }

  /** Lets a callback, and the promises that it settles, run in the name of the cell that set the timer. */
  #enter(cell) {
    if (cell === this.#newest) {
      this.#timerCell = undefined;
      return;
    }
    this.#timerCell = cell;
    // A tick asked for by a microtask comes when all microtasks are done, and before the loop's next callback. Waiting for
    // the loop to turn instead would give what a socket's callback prints meanwhile to the timer's cell.
    queueMicrotask(() => {
      process.nextTick(() => {
        if (this.#timerCell === cell) this.#timerCell = undefined;
      });
    });
  }

  /** Node pipes what a worker prints into `process.stdout`; the owner of the pipe is set for the moment of the write. */
  #followWorkers() {
    for (const stream of [process.stdout, process.stderr]) {
      stream.on('pipe', (source) => {
        if (source.constructor?.name !== 'ReadableWorkerStdio') return;
        this.#owners.set(source, this.current());
        source.prependListener('data', () => (this.#workerCell = this.#owners.get(source)));
        source.on('data', () => (this.#workerCell = undefined));
      });
    }
    const origin = this;
    const { postMessage } = Worker.prototype;
    Worker.prototype.postMessage = function (...args) {
      for (const stream of [this.stdout, this.stderr]) if (stream) origin.#owners.set(stream, origin.current());
      return postMessage.apply(this, args);
    };
  }

  #followTimers() {
    for (const name of ['setTimeout', 'setInterval', 'setImmediate']) {
      const wrapped = this.#remembering(timers[name], name);
      timers[name] = wrapped;
      globalThis[name] = wrapped;
    }
    for (const name of ['setTimeout', 'setImmediate']) {
      timersPromises[name] = this.#rememberingPromise(timersPromises[name], name);
      timers[name][promisify.custom] = timersPromises[name];
    }
    syncBuiltinESMExports();
  }

  #remembering(original, name) {
    const origin = this;
    const named = {
      [name](callback, ...rest) {
        const cell = origin.current();
        if (typeof callback !== 'function' || !cell) return original(callback, ...rest);
        const remembered = function (...args) {
          origin.#enter(cell);
          return callback.apply(this, args);
        };
        return original(remembered, ...rest);
      },
    };
    return named[name];
  }

  #rememberingPromise(original, name) {
    const origin = this;
    const named = {
      [name](...args) {
        const cell = origin.current();
        const promise = original(...args);
        if (!cell) return promise;
        return promise.then((value) => {
          origin.#enter(cell);
          return value;
        });
      },
    };
    return named[name];
  }
}

module.exports = { Origin };
