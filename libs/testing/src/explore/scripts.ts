/**
 * What threads do next, once it was seen: their scripts.
 *
 *     load 0 ── told 0 ──> compareExchange 0 0 1 ── told 0 ──> ... ──> returns
 *        └───── told 1 ──> wait 0 1 ──── told "woken" ───────> load 0 ...
 *
 * Explored code is the same each time, so what it does next depends on what its operations have told it, and on nothing
 * else. A place in a script is all that a thread was told so far. Where the next operation is written there already,
 * whoever has the baton performs it in the thread's stead, which saves to change threads: nearly all that a step costs. The
 * thread itself runs only as far as nobody has seen it: it is told again what it was told, which it cannot tell from the
 * first time, and then says what comes.
 *
 * Entries of one table, found by the place before and the answer. The first ones belong to threads without a script, one
 * each, that is written anew at each step: code that awaits, or touches cells, is told things beside these answers.
 */
import {
  DONE,
  FORGOT,
  LIVE,
  NOBODY,
  PLANNED,
  RESULT_BYTES,
  SAVED,
  SCRIPT,
  SCRIPTED,
  TEXT,
  type Control,
} from './control.js';
import { OPERATIONS } from './operations.js';

/** What stands in a place where nobody has been yet. */
export const UNKNOWN = 0;
/** Ends of a function, beside the numbers of operations. */
export const RETURNS = 30;
export const THROWS = 31;

/** Of an entry: the place before (+ 1), the answer, the operation with its word and arguments, and how long it waits. */
const ANSWER = 1;
const OPERATION = 3;
const WORD = 4;
const FIRST = 5;
const SECOND = 6;
const TIMEOUT = 7;
/** Of a place: what others read and changed while the thread stood there; see `Meetings`. */
const MET = 9;

/** See above; each thread has one over the same memory. */
export class Scripts {
  readonly #control: Control;
  readonly #table: Int32Array;
  readonly #threads: number;
  readonly #capacity: number;
  readonly #double = new Float64Array(1);
  readonly #halves = new Int32Array(this.#double.buffer);

  constructor(control: Control) {
    this.#control = control;
    this.#table = control.scripts;
    this.#threads = control.handle.threads;
    this.#capacity = this.#table.length / SCRIPT - this.#threads;
  }

  /** All threads stand before their first step. */
  begin(): void {
    const { head, place, handle } = this.#control;
    const most = this.#capacity * 0.75 - handle.maxSteps - this.#threads;
    const room = this.#control.texts.length - this.#threads * RESULT_BYTES;
    if ((head[SCRIPTED] as number) > most || (head[TEXT] as number) > room) this.#forget();
    // A program that could not even be written down once.
    const live = head[PLANNED] === 0 || most < 0 ? -1 : (head[LIVE] as number);
    for (let thread = 0; thread < this.#threads; thread++) {
      if (((live >> thread) & 1) === 0) place[thread] = this.#find(thread, 0, 0);
      else this.#own(thread);
    }
  }

  /** Whether an execution that begins in the middle has room for what is new in it. */
  hasRoom(): boolean {
    const { head, texts, handle } = this.#control;
    return (
      (head[SCRIPTED] as number) + handle.maxSteps + this.#threads <= this.#capacity * 0.75 &&
      (head[TEXT] as number) + this.#threads * RESULT_BYTES <= texts.length
    );
  }

  /** Whether the thread is one without a script, in this execution. */
  isLive(thread: number): boolean {
    return (this.#control.place[thread] as number) < this.#threads;
  }

  /** From now on the thread has no script. It stands where it is: it is the one that runs. */
  leave(thread: number): void {
    const { head } = this.#control;
    head[LIVE] = (head[LIVE] as number) | (1 << thread);
    head[SAVED] = 0;
    this.#own(thread);
  }

  /** What the thread does next: an operation, or an end, or {@link UNKNOWN}. */
  operation(thread: number): number {
    return this.#table[this.#at(thread) + OPERATION] as number;
  }

  word(thread: number): number {
    return this.#table[this.#at(thread) + WORD] as number;
  }

  first(thread: number): number {
    return this.#table[this.#at(thread) + FIRST] as number;
  }

  second(thread: number): number {
    return this.#table[this.#at(thread) + SECOND] as number;
  }

  /** Milliseconds, for a wait. */
  timeout(thread: number): number {
    return this.#number(this.#at(thread) + TIMEOUT);
  }

  /** The thread has got an answer, and goes on to its next place. */
  told(thread: number, answer: number): void {
    const { place } = this.#control;
    const at = this.#at(thread);
    let [low, high] = [answer, 0];
    if (this.#table[at + OPERATION] === OPERATIONS.now) [low, high] = this.#halvesOf(answer);
    if (this.isLive(thread)) {
      this.#table[at + ANSWER] = low;
      this.#table[at + ANSWER + 1] = high;
      this.#table[at + OPERATION] = UNKNOWN;
    } else {
      place[thread] = this.#find(place[thread] as number, low, high);
    }
  }

  /** The answer that led to a place, from one with that operation. */
  answer(place: number, operation: number): number {
    const at = place * SCRIPT + ANSWER;
    return operation === OPERATIONS.now ? this.#number(at) : (this.#table[at] as number);
  }

  /**
   * The way to the place where a thread stands.
   *
   * @param from - a place, or {@link NOBODY} for the beginning
   * @returns the places on it, the last one first and without `from`; `undefined` if it does not lead through there
   */
  way(thread: number, from: number): number[] | undefined {
    const way: number[] = [];
    for (let place = this.#control.place[thread] as number; place !== from; place = this.#before(place)) {
      if (place < this.#threads) return from === NOBODY ? way : undefined;
      way.push(place);
    }
    return way;
  }

  /** Whether the thread does at a place what it has done there before; the first time it is written down. */
  writes(place: number, operation: number, word: number, first: number, second: number, timeout: number): boolean {
    const at = place * SCRIPT;
    const table = this.#table;
    const [low, high] = operation === OPERATIONS.wait ? this.#halvesOf(timeout) : [0, 0];
    if (table[at + OPERATION] === UNKNOWN) {
      table[at + OPERATION] = operation;
      table[at + WORD] = word;
      table[at + FIRST] = first;
      table[at + SECOND] = second;
      table[at + TIMEOUT] = low;
      table[at + TIMEOUT + 1] = high;
      return true;
    }
    return (
      table[at + OPERATION] === operation &&
      table[at + WORD] === word &&
      table[at + FIRST] === (first | 0) &&
      table[at + SECOND] === (second | 0) &&
      table[at + TIMEOUT] === low &&
      table[at + TIMEOUT + 1] === high
    );
  }

  /** Writes down how the thread's function ends, with what it returned or threw, where it stands. */
  ends(thread: number, how: typeof RETURNS | typeof THROWS, bytes: Uint8Array): void {
    const { head, texts, resultLength } = this.#control;
    const at = this.#at(thread);
    this.#table[at + OPERATION] = how;
    if (this.isLive(thread)) {
      this.#control.result(thread).set(bytes);
      resultLength[thread] = bytes.length;
      return;
    }
    this.#table[at + FIRST] = head[TEXT] as number;
    this.#table[at + SECOND] = bytes.length;
    texts.set(bytes, head[TEXT]);
    head[TEXT] = (head[TEXT] as number) + bytes.length;
  }

  /** What the thread's function has ended with; nothing if it has not. */
  end(thread: number): Uint8Array {
    const { texts, resultLength, state } = this.#control;
    if (state[thread] !== DONE) return texts.subarray(0, 0);
    if (this.isLive(thread)) return this.#control.result(thread).subarray(0, resultLength[thread]);
    const begin = this.first(thread);
    return texts.subarray(begin, begin + this.second(thread));
  }

  /** While the thread whose place it is stood there, another one has read a word, or changed it. */
  meets(place: number, word: number, reads: boolean): void {
    const at = place * SCRIPT + MET + (reads ? 0 : 1);
    this.#table[at] = (this.#table[at] as number) | (1 << word);
  }

  /** Whether somebody has changed the word while the thread stood at a place; or only read it, for who does more. */
  hasMet(place: number, word: number, reads: boolean): boolean {
    const at = place * SCRIPT + MET;
    const met = (this.#table[at + 1] as number) | (reads ? 0 : (this.#table[at] as number));
    return ((met >> word) & 1) === 1;
  }

  /** What can be met at another place can be met here. */
  inherits(place: number, from: number): void {
    for (let at = MET; at < MET + 2; at++) {
      const mine = place * SCRIPT + at;
      this.#table[mine] = (this.#table[mine] as number) | (this.#table[from * SCRIPT + at] as number);
    }
  }

  #forget(): void {
    const { head } = this.#control;
    head[FORGOT] = (head[FORGOT] as number) + 1;
    this.#table.fill(0);
    head[SCRIPTED] = 0;
    head[TEXT] = 0;
  }

  /** The thread stands in its own entry. */
  #own(thread: number): void {
    this.#control.place[thread] = thread;
    this.#table[thread * SCRIPT + OPERATION] = UNKNOWN;
  }

  /** The place behind another one. */
  #find(before: number, low: number, high: number): number {
    const { head } = this.#control;
    const table = this.#table;
    let hash = Math.imul(before, 0x9e3779b1) ^ Math.imul(low + 1, 0x85ebca6b) ^ Math.imul(high, 0xc2b2ae35);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    let index = ((hash ^ (hash >>> 13)) >>> 0) % this.#capacity;
    for (;;) {
      const place = this.#threads + index;
      const at = place * SCRIPT;
      if (table[at] === before + 1 && table[at + ANSWER] === low && table[at + ANSWER + 1] === high) return place;
      if (table[at] === 0) {
        table[at] = before + 1;
        table[at + ANSWER] = low;
        table[at + ANSWER + 1] = high;
        head[SCRIPTED] = (head[SCRIPTED] as number) + 1;
        return place;
      }
      index = (index + 1) % this.#capacity;
    }
  }

  #before(place: number): number {
    return (this.#table[place * SCRIPT] as number) - 1;
  }

  #at(thread: number): number {
    return (this.#control.place[thread] as number) * SCRIPT;
  }

  #halvesOf(value: number): [number, number] {
    this.#double[0] = value;
    return [this.#halves[0] as number, this.#halves[1] as number];
  }

  #number(at: number): number {
    this.#halves[0] = this.#table[at] as number;
    this.#halves[1] = this.#table[at + 1] as number;
    return this.#double[0] as number;
  }
}
