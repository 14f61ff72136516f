import { once } from 'node:events';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { InterleaveError } from '@interleave/core';
import type { Words } from '@interleave/memory';
import type { TaskDefinition } from '@interleave/transfer';
import { explorerEntry } from '../explorer-entry.js';
import {
  Control,
  createControl,
  DONE,
  END,
  GRANTED,
  NOBODY,
  QUEUED,
  RUNNABLE,
  RUNNING,
  STEP,
  STOP,
  UNWIND,
  UNWINDING,
  WOKEN,
} from './control.js';
import type { ThreadBirth } from './protocol.js';
import { Scheduler } from './scheduler.js';
import type { Cells } from './watched-cells.js';
import { StillWords } from './still-words.js';

/** How long `explore()` blocks its own thread in one go, in milliseconds; then timers and output have their turn. */
const SLICE = 20;
/** How long a thread may compute without an operation, in milliseconds. */
const PATIENCE = 10_000;

/** What is the same for all executions. */
export interface CrewOptions {
  readonly tasks: readonly TaskDefinition[];
  /** What to call the threads. */
  readonly names: readonly string[];
  readonly words: number;
  readonly cells: number;
  readonly maxSteps: number;
  readonly setup: (words: Words, cells: Cells) => void;
}

/** The threads of one exploration. They live as long as it does, so that an execution costs no start. */
export class Crew {
  readonly control: Control;
  readonly #names: readonly string[];
  readonly #workers: readonly Worker[];
  readonly #scheduler: Scheduler;
  /** The words as `setup` has left them. */
  readonly #first: Int32Array;
  readonly #firstCells: Int32Array;
  #lost: unknown;
  #breath = performance.now();

  private constructor(control: Control, options: CrewOptions) {
    this.control = control;
    this.#names = options.names;
    this.#scheduler = new Scheduler(control);
    options.setup(new StillWords(control.words), control.cells);
    this.#first = control.words.slice();
    this.#firstCells = control.cells.slice();
    this.#workers = options.tasks.map((task, me) => {
      const birth: ThreadBirth = { control: control.handle, me, task };
      // Without the program's own flags: loaders and debuggers have no business there, and take their time.
      const worker = new Worker(explorerEntry(), { workerData: birth, execArgv: [], name: this.#names[me] as string });
      worker.on('error', (error) => (this.#lost ??= error));
      worker.on('exit', (code) => (this.#lost ??= lostThread(this.#names[me], code)));
      return worker;
    });
  }

  /**
   * Starts the threads.
   *
   * @throws what a thread failed with before it was ready, such as a module that it could not load
   */
  static async start(options: CrewOptions): Promise<Crew> {
    const { tasks, words, cells, maxSteps } = options;
    const crew = new Crew(new Control(createControl({ threads: tasks.length, words, cells, maxSteps })), options);
    try {
      await Promise.all(crew.#workers.map((worker) => crew.#ready(worker)));
    } catch (error) {
      await crew.close();
      throw error;
    }
    return crew;
  }

  /**
   * Runs one execution, by the orders and the policy that stand in the control memory.
   *
   * @returns how it has ended
   * @throws what has ended a thread, as `process.exit()` does
   */
  async execute(): Promise<number> {
    if (performance.now() - this.#breath > SLICE) await this.#breathe();
    const { head, state, go } = this.control;
    this.#reset();
    const first = this.#scheduler.next(NOBODY);
    if (first !== NOBODY) this.#order(first, GRANTED);
    while (head[END] === RUNNING) await this.#until(END, RUNNING);
    const how = head[END] as number;

    const inside = [...state.keys()].filter((thread) => state[thread] !== DONE);
    Atomics.store(head, UNWINDING, inside.length);
    for (const thread of inside) this.#order(thread, UNWIND);
    for (let left = inside.length; left > 0; left = Atomics.load(head, UNWINDING)) await this.#until(UNWINDING, left);
    go.fill(0);
    return how;
  }

  /** Ends the threads, also those that hang, and waits until they are gone. */
  async close(): Promise<void> {
    const gone = this.#workers.map(async (worker) => worker.threadId === -1 || once(worker, 'exit'));
    if (this.#lost === undefined) this.#workers.forEach((_, thread) => this.#order(thread, STOP));
    else await Promise.all(this.#workers.map((worker) => worker.terminate()));
    await Promise.all(gone);
  }

  #ready(worker: Worker): Promise<void> {
    return new Promise((resolve, reject) => {
      worker.once('message', () => resolve());
      // Whatever it ended with has been noted by now.
      worker.once('exit', () => reject(this.#lost));
    });
  }

  #reset(): void {
    const { head, state, quiet, resultLength, clock, words, cells, clocks, released, writes, reads } = this.control;
    words.set(this.#first);
    cells.set(this.#firstCells);
    for (const known of [clocks, released, writes, reads]) known.fill(0);
    for (let thread = 0; thread < clocks.length; thread += state.length + 1) clocks[thread] = 1;
    state.fill(RUNNABLE);
    quiet.fill(0);
    resultLength.fill(0);
    clock[0] = 0;
    head[STEP] = 0;
    head[QUEUED] = 0;
    head[WOKEN] = 0;
    head[END] = RUNNING;
  }

  #order(thread: number, order: number): void {
    const { go } = this.control;
    Atomics.store(go, thread, order);
    Atomics.notify(go, thread);
  }

  /** Waits until a word of the head is another one, with a breath now and then. */
  async #until(index: number, value: number): Promise<void> {
    const { head } = this.control;
    const begun = performance.now();
    while (Atomics.wait(head, index, value, SLICE) === 'timed-out') {
      await this.#breathe();
      if (performance.now() - begun < PATIENCE) continue;
      this.#lost = hangingThread(this.#names[this.control.chosen[(head[STEP] as number) - 1] as number]);
      throw this.#lost;
    }
  }

  async #breathe(): Promise<void> {
    await turnOfTheLoop();
    this.#breath = performance.now();
    if (this.#lost !== undefined) throw this.#lost;
  }
}

function lostThread(name: string | undefined, code: number): InterleaveError {
  return new InterleaveError(
    `Cannot go on exploring: ${name} has ended with exit code ${code}; leave process.exit() out of explored functions`,
    { code: 'ERR_EXPLORED_THREAD_LOST' },
  );
}

function hangingThread(name: string | undefined): InterleaveError {
  return new InterleaveError(
    `Cannot go on exploring: ${name} has made no operation on a word for ${PATIENCE / 1000} s; does it wait for something else?`,
    { code: 'ERR_EXPLORED_THREAD_HANGS' },
  );
}
