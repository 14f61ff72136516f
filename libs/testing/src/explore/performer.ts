import { ASLEEP, BLOCKED, DEAD, DONE, MOST_WAITERS, NOBODY, QUEUED, WAITER, type Control } from './control.js';
import { OPERATIONS } from './operations.js';
import type { RaceWatch } from './race-watch.js';
import type { Scheduler } from './scheduler.js';
import type { Scripts } from './scripts.js';
import { ANYTHING, NOTIFIES, READS, touch, WAITS, WRITES, type How } from './touch.js';

/** What a wait is told. */
export const NOTIFIED = 0;
export const EXPIRED = 1;
export const NOT_EQUAL = 2;
/** Of an asynchronous wait: a promise will say. */
export const SLEEPS = 3;

/** It cannot: so many wait already. */
export const FULL = 4;

/** How an operation that is at work on a word touches it, by its number. */
const HOW: readonly (How | undefined)[] = [
  undefined,
  READS,
  WRITES,
  WRITES,
  WRITES,
  WRITES,
  undefined,
  WAITS,
  NOTIFIES,
];

/** Performs the operations of threads on the words, each when its step has come, in whosever hands the baton is. */
export class Performer {
  readonly #control: Control;
  readonly #scheduler: Scheduler;
  readonly #scripts: Scripts;
  readonly #races: RaceWatch;

  constructor(control: Control, scheduler: Scheduler, scripts: Scripts, races: RaceWatch) {
    this.#control = control;
    this.#scheduler = scheduler;
    this.#scripts = scripts;
    this.#races = races;
  }

  /** What a thread is about to do; see `touch`. */
  about(thread: number): number {
    const how = HOW[this.#scripts.operation(thread)];
    return how === undefined ? ANYTHING : touch(this.#scripts.word(thread), how);
  }

  /** Performs what the script of a thread says next, and tells it the answer, unless it sleeps. */
  perform(thread: number): void {
    const scripts = this.#scripts;
    const operation = scripts.operation(thread);
    if (operation === OPERATIONS.now) return this.#now(thread);
    if (operation === OPERATIONS.isAlive) return this.#isAlive(thread, scripts.first(thread));
    const word = scripts.word(thread);
    this.#scheduler.touched(thread, this.about(thread));
    if (operation === OPERATIONS.wait) this.#wait(thread, word);
    else if (operation === OPERATIONS.notify) this.#notify(thread, word, scripts.first(thread));
    else scripts.told(thread, this.#change(thread, operation, word));
  }

  /** What reads or writes a word, or both; returns what the thread is told. */
  #change(thread: number, operation: number, word: number): number {
    const { words } = this.#control;
    const [first, second] = [this.#scripts.first(thread), this.#scripts.second(thread)];
    const before = words[word] as number;
    const exchanges = operation !== OPERATIONS.compareExchange || before === first;
    if (operation === OPERATIONS.add) words[word] = before + first;
    else if (operation === OPERATIONS.compareExchange) words[word] = exchanges ? second : before;
    else if (operation !== OPERATIONS.load) words[word] = first;
    this.#note(thread, operation, word, first, second, before);
    // What there was before, who stores is not told.
    const answer = operation === OPERATIONS.store ? 0 : before;
    this.#scheduler.key.learns(thread, answer);
    if (operation !== OPERATIONS.store) this.#races.acquires(thread, word);
    if (operation !== OPERATIONS.load && exchanges) this.#races.releases(thread, word);
    return answer;
  }

  #wait(thread: number, word: number): void {
    const { words, state, quiet } = this.#control;
    const [expected, ticket] = [this.#scripts.first(thread), this.#scripts.second(thread)];
    const timeout = this.#scripts.timeout(thread);
    const value = words[word] as number;
    this.#races.acquires(thread, word);
    const full = this.#control.head[QUEUED] === MOST_WAITERS;
    if (value !== expected || timeout <= 0 || full) {
      const answer = value !== expected ? NOT_EQUAL : timeout <= 0 ? EXPIRED : FULL;
      this.#note(thread, OPERATIONS.look, word, expected, 0, value);
      this.#scheduler.key.learns(thread, answer);
      return this.#scripts.told(thread, answer);
    }
    this.#enqueue(thread, word, ticket, timeout);
    this.#note(thread, OPERATIONS.wait, word, expected, Math.min(timeout, 2 ** 31 - 1), value);
    this.#scheduler.key.learns(thread, SLEEPS);
    quiet[thread] = 0;
    if (ticket === ASLEEP) state[thread] = BLOCKED;
    else this.#scripts.told(thread, SLEEPS);
  }

  #notify(thread: number, word: number, count: number): void {
    const { head, queue, words } = this.#control;
    let notified = 0;
    for (let at = 0; at < (head[QUEUED] as number) && notified < count;) {
      if (queue[at * WAITER + 1] !== word) {
        at += 1;
        continue;
      }
      this.#races.wakes(thread, queue[at * WAITER] as number);
      this.#scheduler.wake(at, NOTIFIED);
      notified += 1;
    }
    this.#note(thread, OPERATIONS.notify, word, count, notified, words[word] as number);
    this.#scheduler.key.learns(thread, notified);
    if (notified > 0) this.#control.stir();
    this.#scripts.told(thread, notified);
  }

  #now(thread: number): void {
    const now = this.#control.clock[0] as number;
    this.#note(thread, OPERATIONS.now, NOBODY, 0, 0, now);
    this.#scheduler.key.learnsTime(thread, now);
    this.#scripts.told(thread, now);
  }

  #isAlive(thread: number, other: number): void {
    this.#scheduler.asleep.wakeAll();
    const state = this.#control.state[other];
    const alive = Number(state !== undefined && state !== DONE && state !== DEAD);
    this.#note(thread, OPERATIONS.isAlive, NOBODY, other, alive, 0);
    this.#scheduler.key.learns(thread, alive);
    this.#scripts.told(thread, alive);
  }

  #note(thread: number, operation: number, word: number, first: number, second: number, before: number): void {
    const { quiet, words } = this.#control;
    const after = word === NOBODY ? before : (words[word] as number);
    this.#scheduler.key.changes(word, before, after);
    this.#scheduler.note(operation, word, first, second, before, after);
    if (before === after) quiet[thread] = (quiet[thread] as number) + 1;
    else this.#control.stir();
  }

  #enqueue(thread: number, word: number, ticket: number, timeout: number): void {
    const { head, queue, deadlines, clock } = this.#control;
    const at = head[QUEUED] as number;
    queue[at * WAITER] = thread;
    queue[at * WAITER + 1] = word;
    queue[at * WAITER + 2] = ticket;
    deadlines[at] = (clock[0] as number) + timeout;
    head[QUEUED] = at + 1;
  }
}
