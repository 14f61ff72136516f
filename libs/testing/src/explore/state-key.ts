/**
 * Two numbers for all that decides what can still come: two executions that have come to the same state, by whatever way,
 * go on alike from there.
 *
 *     words, cells | what each thread has learned | who sleeps where, in which order | time
 *
 * Variables of explored code are out of sight. But that code is the same each time, so what an operation has told it, and
 * when, decides what it does next: a thread's part of the state is a hash of all answers it got (as CHESS does it, PLDI
 * 2007). What a `store` overwrites nobody is told; that is where ways meet again.
 */
import { DEAD, HASH, QUEUED, STATES, WAITER, WOKEN, type Control } from './control.js';

/** A thread that has turned in circles for longer than this is told apart from one that has not. */
const IN_CIRCLES = 25;
/** More than the numbers of words, threads, tickets. */
const LARGE = 0x40000000;

/** Keeps the hashes up to date, in the control memory. Costs nothing where states are not kept. */
export class StateKey {
  readonly #control: Control;
  readonly #idle: boolean;
  readonly #double = new Float64Array(1);
  readonly #halves = new Int32Array(this.#double.buffer);
  #first = 0;
  #second = 0;

  constructor(control: Control) {
    this.#control = control;
    this.#idle = !control.handle.reduce;
  }

  /** A thread was told a value. */
  learns(thread: number, value: number): void {
    if (this.#idle) return;
    const { learned } = this.#control;
    this.#first = learned[thread * STATES] as number;
    this.#second = learned[thread * STATES + 1] as number;
    this.#add(value);
    learned[thread * STATES] = this.#first;
    learned[thread * STATES + 1] = this.#second;
  }

  /** A thread was told a number that may be no integer. */
  learnsTime(thread: number, time: number): void {
    if (this.#idle) return;
    this.#double[0] = time;
    this.learns(thread, this.#halves[0] as number);
    this.learns(thread, this.#halves[1] as number);
  }

  /** A word has another value; cells are counted behind the words. */
  changes(word: number, before: number, after: number): void {
    if (this.#idle || before === after) return;
    // What was added once falls out when it is added again.
    this.#toggle(word, before);
    this.#toggle(word, after);
  }

  /** Writes the key of the present state. */
  write(into: Int32Array, at: number): void {
    const { head, state, quiet, learned, clock, cells } = this.#control;
    this.#first = head[HASH] as number;
    this.#second = head[HASH + 1] as number;
    for (let thread = 0; thread < state.length; thread++) {
      const circles = quiet[thread] as number;
      this.#add((state[thread] as number) + (circles < IN_CIRCLES ? 0 : circles * 8));
      if (state[thread] === DEAD) continue;
      this.#add(learned[thread * STATES] as number);
      this.#add(learned[thread * STATES + 1] as number);
    }
    this.#addTime(clock[0] as number);
    if ((head[QUEUED] as number) > 0) this.#addQueue();
    if ((head[WOKEN] as number) > 0) this.#addResolving();
    if (cells.length > 0) this.#addClocks();
    into[at] = this.#first;
    into[at + 1] = this.#second;
  }

  /** Who sleeps, with the order among those on one word, and among those whose time can run out. */
  #addQueue(): void {
    const { head, queue, deadlines } = this.#control;
    const length = head[QUEUED] as number;
    let [first, second] = [0, 0];
    const [before, alsoBefore] = [this.#first, this.#second];
    for (let at = 0; at < length; at++) {
      const deadline = deadlines[at] as number;
      let [place, timedPlace] = [0, 0];
      for (let other = 0; other < at; other++) {
        if (queue[other * WAITER + 1] === queue[at * WAITER + 1]) place += 1;
        if (deadline !== Infinity && deadlines[other] === deadline) timedPlace += 1;
      }
      [this.#first, this.#second] = [place, timedPlace];
      for (let part = 0; part < WAITER; part++) this.#add(queue[at * WAITER + part] as number);
      this.#addTime(deadline);
      first = (first + this.#first) | 0;
      second = (second + this.#second) | 0;
    }
    [this.#first, this.#second] = [before, alsoBefore];
    this.#add(first);
    this.#add(second);
  }

  /** Promises that are to be resolved. */
  #addResolving(): void {
    const { head, resolving } = this.#control;
    const length = (head[WOKEN] as number) * WAITER;
    this.#add(LARGE + length);
    for (let at = 0; at < length; at++) this.#add(resolving[at] as number);
  }

  /** What the race check knows; the steps it only reports. */
  #addClocks(): void {
    const { clocks, released, writes, reads } = this.#control;
    for (const value of clocks) this.#add(value);
    for (const value of released) this.#add(value);
    for (let at = 0; at < writes.length; at++) if (at % 3 !== 2) this.#add(writes[at] as number);
    for (let at = 0; at < reads.length; at += 2) this.#add(reads[at] as number);
  }

  #addTime(time: number): void {
    this.#double[0] = time;
    this.#add(this.#halves[0] as number);
    this.#add(this.#halves[1] as number);
  }

  #toggle(word: number, value: number): void {
    const { head } = this.#control;
    [this.#first, this.#second] = [word, LARGE];
    this.#add(value);
    this.#add(word);
    head[HASH] = (head[HASH] as number) ^ this.#first;
    head[HASH + 1] = (head[HASH + 1] as number) ^ this.#second;
  }

  /** Mixes a number in; the constants are those of MurmurHash3 by Austin Appleby. */
  #add(value: number): void {
    let first = Math.imul(this.#first ^ value, 0xcc9e2d51);
    first = (first << 15) | (first >>> 17);
    let second = Math.imul((this.#second + value) ^ first, 0x85ebca6b);
    second ^= second >>> 13;
    this.#first = (Math.imul(first, 5) + 0xe6546b64) | 0;
    this.#second = Math.imul(second, 0xc2b2ae35) ^ (this.#first >>> 16);
  }
}
