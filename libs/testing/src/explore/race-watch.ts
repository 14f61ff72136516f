/**
 * Finds accesses to plain memory that nothing puts in order, by a clock of every thread's steps for every thread.
 *
 *     thread 0: cells[0] = 7; words.store(0, 1)        the store passes on what thread 0 knows,
 *     thread 1:                  words.load(0); cells[0]    the load takes it over: 7 is there
 *
 * JavaScript promises that plain accesses are seen by another thread only along such edges: from a write of a word to
 * an operation that reads it, and from `notify` to those it wakes. A program without races behaves as its interleavings say,
 * which is why looking at these is enough (Fidge and Mattern's vector clocks, as in FastTrack, PLDI 2009).
 */
import { RACE, READ, STEP, WRITE, type Control } from './control.js';

/** Who knows whose steps. Costs nothing where there are no cells. */
export class RaceWatch {
  readonly #control: Control;
  readonly #threads: number;
  readonly #idle: boolean;

  constructor(control: Control) {
    this.#control = control;
    this.#threads = control.handle.threads;
    this.#idle = control.cells.length === 0;
  }

  /** The thread has read the word. */
  acquires(thread: number, word: number): void {
    if (this.#idle) return;
    const { clocks, released } = this.#control;
    this.#join(clocks, thread, released, word);
  }

  /** The thread has written the word; an earlier writer's knowledge is passed on only by those who have read it. */
  releases(thread: number, word: number): void {
    if (this.#idle) return;
    const { clocks, released } = this.#control;
    const mine = thread * this.#threads;
    released.set(clocks.subarray(mine, mine + this.#threads), word * this.#threads);
    this.#tick(thread);
  }

  /** The thread has woken another. */
  wakes(thread: number, other: number): void {
    if (this.#idle) return;
    const { clocks } = this.#control;
    this.#join(clocks, other, clocks, thread);
    this.#tick(thread);
  }

  /** The thread is about to read the cell; returns whether it races. */
  reads(thread: number, cell: number): boolean {
    const { reads } = this.#control;
    if (this.#racesWrite(thread, cell, false)) return true;
    const at = (cell * this.#threads + thread) * READ;
    reads[at] = this.#knows(thread, thread);
    reads[at + 1] = this.#step();
    return false;
  }

  /** The thread is about to write the cell; returns whether it races. */
  writes(thread: number, cell: number): boolean {
    const { reads, writes } = this.#control;
    if (this.#racesWrite(thread, cell, true)) return true;
    for (let other = 0; other < this.#threads; other++) {
      const at = (cell * this.#threads + other) * READ;
      if ((reads[at] as number) <= this.#knows(thread, other)) continue;
      return this.#race(cell, [other, reads[at + 1] as number, 0], [thread, 1]);
    }
    const at = cell * WRITE;
    writes[at] = thread;
    writes[at + 1] = this.#knows(thread, thread);
    writes[at + 2] = this.#step();
    return false;
  }

  #racesWrite(thread: number, cell: number, writing: boolean): boolean {
    const { writes } = this.#control;
    const [other = 0, clock = 0, step = 0] = writes.subarray(cell * WRITE, (cell + 1) * WRITE);
    if (clock <= this.#knows(thread, other)) return false;
    return this.#race(cell, [other, step, 1], [thread, Number(writing)]);
  }

  /** Notes who came first, at which step and whether it wrote, and the same of who came second. */
  #race(cell: number, first: readonly number[], second: readonly number[]): true {
    this.#control.head.set([cell, ...first, ...second], RACE);
    return true;
  }

  /** How many of another thread's steps a thread knows. */
  #knows(thread: number, other: number): number {
    return this.#control.clocks[thread * this.#threads + other] as number;
  }

  #step(): number {
    return (this.#control.head[STEP] as number) - 1;
  }

  #tick(thread: number): void {
    const { clocks } = this.#control;
    const at = thread * (this.#threads + 1);
    clocks[at] = (clocks[at] as number) + 1;
  }

  #join(into: Int32Array, row: number, from: Int32Array, other: number): void {
    for (let thread = 0; thread < this.#threads; thread++) {
      const at = row * this.#threads + thread;
      into[at] = Math.max(into[at] as number, from[other * this.#threads + thread] as number);
    }
  }
}
