import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { InterleaveError } from '@interleave/core';
import type { Words } from '@interleave/memory';
import type { TaskDefinition } from '@interleave/transfer';
import { explorerEntry } from '../explorer-entry.js';
import {
  BEGINS,
  Control,
  createControl,
  GRANTED,
  LEFT,
  LIVE,
  NEEDED,
  NOBODY,
  ORDERS,
  PLANNED,
  POLICY,
  REST,
  STAY,
  STEP,
  STOP,
} from './control.js';
import { clearRecords, readRecords, type ExecutionRecord } from './execution-record.js';
import type { PlanOptions } from './plan.js';
import type { ThreadBirth } from './protocol.js';
import { give } from './rounds.js';
import { StillWords } from './still-words.js';
import type { Cells } from './watched-cells.js';

/** What is the same for all executions. */
export interface CrewOptions {
  readonly tasks: readonly TaskDefinition[];
  /** What to call the threads. */
  readonly names: readonly string[];
  readonly words: number;
  readonly cells: number;
  readonly maxSteps: number;
  /** How long a thread may compute without an operation, in milliseconds. */
  readonly patience: number;
  readonly reduce: boolean;
  readonly reorderTasks: boolean;
  /** For each thread, the one that begins before it, or -1. */
  readonly elder: readonly number[];
  readonly plan: PlanOptions;
  readonly setup: (words: Words, cells: Cells) => void;
}

/** The threads of one exploration. They live as long as it does, so that an execution costs no start. */
export class Crew {
  readonly control: Control;
  readonly #names: readonly string[];
  readonly #patience: number;
  readonly #workers: readonly Worker[];
  #lost: unknown;
  /** Ends a wait for the threads. */
  #stirred: (() => void) | undefined;

  private constructor(control: Control, options: CrewOptions) {
    const { names, patience, plan, tasks, elder, setup } = options;
    this.control = control;
    this.#names = names;
    this.#patience = patience;
    // What a function does with cells depends on what it finds there.
    if (control.cells.length > 0) control.head[LIVE] = -1;
    control.elder.set(elder);
    setup(new StillWords(control.firstWords), control.firstCells);
    this.#workers = tasks.map((task, me) => {
      const birth: ThreadBirth = { control: control.handle, me, task, plan };
      // Without the program's own flags: loaders and debuggers have no business there, and take their time.
      const worker = new Worker(explorerEntry(), { workerData: birth, execArgv: [], name: names[me] as string });
      worker.on('error', (error) => this.#lose(error));
      worker.on('exit', (code) => this.#lose(lostThread(names[me], code)));
      return worker;
    });
  }

  /**
   * Starts the threads.
   *
   * @throws what a thread failed with before it was ready, such as a module that it could not load
   */
  static async start(options: CrewOptions): Promise<Crew> {
    const { tasks, words, cells, maxSteps, reduce, reorderTasks } = options;
    const control = createControl({ threads: tasks.length, words, cells, maxSteps, reduce, reorderTasks });
    const crew = new Crew(new Control(control), options);
    try {
      await Promise.all(crew.#workers.map((worker) => crew.#ready(worker)));
    } catch (error) {
      await crew.close();
      throw error;
    }
    return crew;
  }

  /**
   * Runs executions as planned, one after the other; what they have left is read by `readRecords`.
   *
   * @param most - how many, at the most
   * @throws what has ended a thread, as `process.exit()` does
   */
  async run(most: number): Promise<void> {
    await this.#run(most, true);
  }

  /**
   * Runs one execution by these choices. Where one cannot be taken, or there is none, the current thread will go on.
   *
   * @throws what has ended a thread
   */
  async follow(choices: Int32Array): Promise<ExecutionRecord> {
    const { head, orders } = this.control;
    const planned = [orders.slice(0, head[ORDERS]), head[POLICY] as number] as const;
    const order = (choices: Int32Array, policy: number): void => {
      orders.set(choices);
      head[ORDERS] = choices.length;
      head[POLICY] = policy;
    };
    order(choices, STAY);
    await this.#run(1, false);
    order(...planned);
    const [record] = readRecords(this.control);
    return record as ExecutionRecord;
  }

  async #run(most: number, planned: boolean): Promise<void> {
    const { head } = this.control;
    clearRecords(this.control);
    head[LEFT] = most;
    head[PLANNED] = planned ? 1 : 0;
    head[REST] = 0;
    head[BEGINS] = 1;
    head[NEEDED] = NOBODY;
    give(this.control, 0, GRANTED);
    await this.#rest();
  }

  /** Ends the threads, also those that hang, and waits until they are gone. */
  async close(): Promise<void> {
    const gone = this.#workers.map(async (worker) => worker.threadId === -1 || once(worker, 'exit'));
    if (this.#lost === undefined) this.#workers.forEach((_, thread) => give(this.control, thread, STOP));
    else await Promise.all(this.#workers.map((worker) => worker.terminate()));
    await Promise.all(gone);
    // Whatever waits for a rest that never came.
    Atomics.notify(this.control.head, REST);
  }

  #ready(worker: Worker): Promise<void> {
    return new Promise((resolve, reject) => {
      worker.once('message', () => resolve());
      // Whatever it ended with has been noted by now.
      worker.once('exit', () => reject(this.#lost));
    });
  }

  /** Waits until the threads have come to rest; the event loop is free meanwhile. */
  async #rest(): Promise<void> {
    const { head } = this.control;
    for (;;) {
      const before = this.#progress();
      const waiting = Atomics.waitAsync(head, REST, 0);
      if (!waiting.async) return;
      await this.#within(waiting.value);
      if (this.#lost !== undefined) throw this.#lost;
      if (Atomics.load(head, REST) === 1) return;
      if (this.#progress() !== before) continue;
      this.#lost = hangingThread(this.#names[head[NEEDED] as number] ?? 'a thread', this.#patience);
      throw this.#lost;
    }
  }

  #progress(): string {
    const { head } = this.control;
    return `${Atomics.load(head, LEFT)} ${Atomics.load(head, STEP)}`;
  }

  #within(rested: Promise<unknown>): Promise<void> {
    return new Promise((resolve) => {
      const over = setTimeout(resolve, this.#patience);
      const end = (): void => {
        clearTimeout(over);
        resolve();
      };
      this.#stirred = end;
      void rested.then(end);
    });
  }

  #lose(why: unknown): void {
    this.#lost ??= why;
    this.#stirred?.();
  }
}

function lostThread(name: string | undefined, code: number): InterleaveError {
  return new InterleaveError(
    `Cannot go on exploring: ${name} has ended with exit code ${code}; leave process.exit() out of explored functions`,
    { code: 'ERR_EXPLORED_THREAD_LOST' },
  );
}

function hangingThread(name: string, patience: number): InterleaveError {
  return new InterleaveError(
    `Cannot go on exploring: ${name} has made no operation on a word for ${patience / 1000} s; does it wait for something else?`,
    { code: 'ERR_EXPLORED_THREAD_HANGS' },
  );
}
