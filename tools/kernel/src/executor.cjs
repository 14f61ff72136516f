// tslab's executor prints what went wrong. Here it is kept as a value, together with what tslab never sees: exceptions
// of callbacks and rejections that nobody handles.
'use strict';

const vm = require('node:vm');
const { rememberCell } = require('./cell-code.cjs');
const { cleanStacks, describe, describeTypeErrors } = require('./failure.cjs');
const { Interrupts } = require('./interrupt.cjs');

const { setImmediate } = globalThis;
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** How the code of a cell ends when tslab runs it. */
const CELL_END = '})(__tslab__.exports, __tslab__.require)';
/** How tslab prints one finding of the type checker. */
const DIAGNOSTIC = '%s%d:%d - %s';

class Executor {
  #origin;
  #publish;
  #tslab;
  #cell;
  #findings = [];
  #rejections = new Map();
  #interrupts = new Interrupts(() => this.interrupt());

  /**
   * @param {import('./origin.cjs').Origin} origin - knows which cell code belongs to
   * @param {(cell: object, failure: object) => void} publish - sends a failure of a cell that has ended already
   */
  constructor(origin, publish) {
    this.#origin = origin;
    this.#publish = publish;
    this.#nameCells();
  }

  /** Replaces the console that tslab's executor writes its findings to. */
  patch(module) {
    const { createExecutor } = module;
    module.createExecutor = (rootDir, converters) => {
      this.#tslab = createExecutor(rootDir, converters, {
        log: (value) => console.log(value),
        error: (...args) => this.#found(args),
      });
      return this.#tslab;
    };
  }

  /** Takes over from tslab's listeners, which print text and leave the cell a success. */
  listen() {
    cleanStacks();
    for (const event of ['uncaughtException', 'unhandledRejection']) process.removeAllListeners(event);
    this.#interrupts.listenAlone();
    process.on('uncaughtException', (error) => this.#late(describe(error, 'Uncaught in a callback:')));
    process.on('unhandledRejection', (reason, promise) => {
      const cell = this.#origin.current();
      const failure = describe(reason, 'Rejected, and nobody handled it:');
      if (cell && !cell.done) this.#rejections.set(promise, { cell, failure });
      else this.#late(failure);
    });
    process.on('rejectionHandled', (promise) => this.#rejections.delete(promise));
  }

  /** Runs one cell to its end, or until it is interrupted. Failures are in `cell.failures` afterwards. */
  async run(cell, body) {
    await this.#interrupts.ready;
    // A signal that came before is heard in this turn, and finds no cell to interrupt.
    await turn();
    this.#cell = cell;
    this.#findings = [];
    const interrupted = new Promise((resolve) => (cell.interrupt = resolve));
    // A turn of its own: when an interrupt ends blocking code, the rest of its turn is lost with it.
    const ended = new Promise((resolve) => {
      setImmediate(() => {
        if (cell.failures.length > 0) return;
        this.#origin.run(cell, () => {
          // The synchronous beginning: first the type checker, then the cell, which lifts the guard.
          this.#interrupts.guard(body).then(resolve, resolve);
        });
      });
    });
    await Promise.race([ended, interrupted]);
    // Rejections show up at the end of a turn.
    await turn();
    if (this.#findings.length > 0) cell.failures.unshift(describeTypeErrors(cell.source, this.#findings));
    for (const [promise, { cell: owner, failure }] of this.#rejections) {
      if (owner !== cell) continue;
      this.#rejections.delete(promise);
      cell.failures.push(failure);
    }
    this.#cell = undefined;
  }

  /** Runs what may not be ended half-way, such as the type checker. */
  whileChecking(body) {
    return this.#interrupts.guard(body);
  }

  /** Ends the running cell; resolves when its reply is out. */
  async interrupt() {
    const cell = this.#cell;
    if (!cell) return;
    const error = new Error('the cell was interrupted');
    error.name = 'Interrupted';
    error.stack = 'Interrupted: the cell was interrupted';
    if (cell.failures.length === 0) cell.failures.push(describe(error));
    cell.interrupt();
    this.#tslab.interrupt();
    await cell.over;
  }

  /** Stacks name the cell instead of `evalmachine.<anonymous>`, which all cells share. */
  #nameCells() {
    const { runInThisContext } = vm;
    vm.runInThisContext = (code, options) => {
      if (!this.#cell || !options?.breakOnSigint || !code.endsWith(CELL_END)) return runInThisContext(code, options);
      rememberCell(this.#cell.name, this.#cell.source, code);
      return runInThisContext(code, { ...options, filename: this.#cell.name, displayErrors: false });
    };
  }

  #found(args) {
    if (args[0] === DIAGNOSTIC) {
      const [, place, line, column, message] = args;
      this.#findings.push({ place, line, column, message });
    } else if (this.#cell && this.#cell.failures.length === 0) {
      this.#cell.failures.push(describe(args[0]));
    }
  }

  #late(failure) {
    const cell = this.#origin.current();
    // Before the first cell it is the kernel's own.
    if (!cell) process.stderr.write(`${failure.traceback.join('\n')}\n`);
    else if (cell.done) this.#publish(cell, failure);
    else cell.failures.push(failure);
  }
}

module.exports = { Executor };
