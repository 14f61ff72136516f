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
import type { Turn } from './turn.js';

/** One thread's view of who knows whose steps. Costs nothing where there are no cells. */
export class RaceWatch {
  readonly #control: Control;
  readonly #turn: Turn;
  readonly #threads: number;
  readonly #idle: boolean;

  constructor(control: Control, turn: Turn) {
    this.#control = control;
    this.#turn = turn;
    this.#threads = control.handle.threads;
    this.#idle = control.cells.length === 0;
  }

  /** This thread has read the word. */
  acquires(word: number): void {
    if (this.#idle) return;
    const { clocks, released } = this.#control;
    this.#join(clocks, this.#turn.me, released, word);
  }

  /** This thread has written the word; an earlier writer's knowledge is passed on only by those who have read it. */
  releases(word: number): void {
    if (this.#idle) return;
    const { clocks, released } = this.#control;
    const mine = this.#turn.me * this.#threads;
    released.set(clocks.subarray(mine, mine + this.#threads), word * this.#threads);
    this.#tick();
  }

  /** This thread has woken another. */
  wakes(thread: number): void {
    if (this.#idle) return;
    const { clocks } = this.#control;
    this.#join(clocks, thread, clocks, this.#turn.me);
    this.#tick();
  }

  /** This thread is about to read the cell. */
  reads(cell: number): void {
    const { reads } = this.#control;
    this.#turn.checkRuns();
    this.#checkWrite(cell, false);
    const at = (cell * this.#threads + this.#turn.me) * READ;
    reads[at] = this.#knows(this.#turn.me);
    reads[at + 1] = this.#step();
  }

  /** This thread is about to write the cell. */
  writes(cell: number): void {
    const { reads, writes } = this.#control;
    this.#turn.checkRuns();
    this.#checkWrite(cell, true);
    for (let thread = 0; thread < this.#threads; thread++) {
      const at = (cell * this.#threads + thread) * READ;
      if ((reads[at] as number) > this.#knows(thread)) this.#race(cell, thread, reads[at + 1] as number, false, true);
    }
    const at = cell * WRITE;
    writes[at] = this.#turn.me;
    writes[at + 1] = this.#knows(this.#turn.me);
    writes[at + 2] = this.#step();
  }

  #checkWrite(cell: number, writing: boolean): void {
    const { writes } = this.#control;
    const [thread = 0, clock = 0, step = 0] = writes.subarray(cell * WRITE, (cell + 1) * WRITE);
    if (clock > this.#knows(thread)) this.#race(cell, thread, step, true, writing);
  }

  #race(cell: number, thread: number, step: number, wrote: boolean, writing: boolean): never {
    this.#control.head.set([cell, thread, step, Number(wrote), this.#turn.me, Number(writing)], RACE);
    return this.#turn.raced();
  }

  /** How many of a thread's steps this one knows. */
  #knows(thread: number): number {
    return this.#control.clocks[this.#turn.me * this.#threads + thread] as number;
  }

  #step(): number {
    return (this.#control.head[STEP] as number) - 1;
  }

  #tick(): void {
    const { clocks } = this.#control;
    const at = this.#turn.me * (this.#threads + 1);
    clocks[at] = (clocks[at] as number) + 1;
  }

  #join(into: Int32Array, row: number, from: Int32Array, other: number): void {
    for (let thread = 0; thread < this.#threads; thread++) {
      const at = row * this.#threads + thread;
      into[at] = Math.max(into[at] as number, from[other * this.#threads + thread] as number);
    }
  }
}
