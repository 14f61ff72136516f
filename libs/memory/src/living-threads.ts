/**
 * Which threads are alive, for those that hold a lock of one that is not.
 *
 *     [ name | name ] [ 0 | 0 ] [ id | parent ] [ id | parent ] [ 0 | - ] ...      0 is a free place
 *
 * A thread enters itself when it first asks for its number; its parent strikes it out when it exits, however it
 * exits, and with it the threads that it had started. The table goes along with every handle of thread words; threads
 * started after this module was loaded find it in Node's environment data and use the same one. The two words after the
 * name belong to the load gate.
 */
import { webcrypto } from 'node:crypto';
import process from 'node:process';
import { getEnvironmentData, setEnvironmentData, threadId, type Worker } from 'node:worker_threads';

/** The most threads that can share words at one time. */
const PLACES = 1_024;
/** Before it, the table's name, since two objects can be one and the same memory, and the words of the load gate. */
const NAME = 2;
const FIRST = 4;
const KEY = 'interleave.memory.living';

/** One table; `threadId + 1` is a thread's number, since the main thread is 0 and 0 is a free place. */
export class LivingThreads {
  readonly buffer: SharedArrayBuffer;
  readonly #table: Int32Array;
  readonly name: string;
  readonly #parent: number;
  #entered = false;

  constructor(buffer: SharedArrayBuffer, parent: number) {
    this.buffer = buffer;
    this.#table = new Int32Array(buffer);
    this.name = `${this.#table[0]} ${this.#table[1]}`;
    this.#parent = parent;
  }

  /** A table that nobody is in. */
  static create(): SharedArrayBuffer {
    const buffer = new SharedArrayBuffer((FIRST + PLACES * 2) * Int32Array.BYTES_PER_ELEMENT);
    new Int32Array(buffer, 0, NAME).set(webcrypto.getRandomValues(new Int32Array(NAME)));
    return buffer;
  }

  /** This thread's number; enters it at the first call. */
  self(): number {
    if (!this.#entered) this.#enter();
    return threadId + 1;
  }

  #enter(): void {
    const me = threadId + 1;
    this.#entered = true;
    for (let place = FIRST; place < this.#table.length; place += 2) {
      if (Atomics.compareExchange(this.#table, place, 0, me) !== 0) continue;
      Atomics.store(this.#table, place + 1, this.#parent);
      return;
    }
    this.#entered = false;
    throw new RangeError(`Cannot share words among more than ${PLACES} threads at a time`);
  }

  has(id: number): boolean {
    for (let place = FIRST; place < this.#table.length; place += 2) {
      if (Atomics.load(this.#table, place) === id) return id !== 0;
    }
    return false;
  }

  /** Strikes out a thread that has ended, and those it had started. */
  strike(id: number): void {
    for (let place = FIRST; place < this.#table.length; place += 2) {
      const entered = Atomics.load(this.#table, place);
      if (entered === 0) continue;
      const parent = Atomics.load(this.#table, place + 1);
      if (entered === id) Atomics.compareExchange(this.#table, place, id, 0);
      else if (parent === id && entered !== id) this.strike(entered);
    }
  }
}

const inherited = getEnvironmentData(KEY) as unknown as { buffer: SharedArrayBuffer; parent: number } | undefined;

/** The table of this thread and of those started from here on. */
export const livingThreads = new LivingThreads(inherited?.buffer ?? LivingThreads.create(), inherited?.parent ?? 0);
setEnvironmentData(KEY, { buffer: livingThreads.buffer, parent: threadId + 1 });

const known = new Map([[livingThreads.name, livingThreads]]);

/** The table that a handle brought along; a thread may know several where this module was loaded late. */
export function tableOf(buffer: SharedArrayBuffer): LivingThreads {
  const brought = new LivingThreads(buffer, 0);
  const here = known.get(brought.name);
  if (here !== undefined) return here;
  known.set(brought.name, brought);
  return brought;
}

process.on('worker', (worker: Worker) => {
  const id = worker.threadId + 1;
  worker.once('exit', () => {
    for (const table of known.values()) table.strike(id);
  });
});
