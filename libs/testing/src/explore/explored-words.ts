import {
  registerGround,
  type Participant,
  type WaitAsyncOptions,
  type WaitResult,
  type Words,
  type WordsHandle,
} from '@interleave/memory';
import {
  ASLEEP,
  DEAD,
  DONE,
  EXPIRED,
  MOST_WAITERS,
  NOBODY,
  NOTIFIED,
  QUEUED,
  WAITER,
  type Control,
} from './control.js';
import { OPERATIONS } from './operations.js';
import type { RaceWatch } from './race-watch.js';
import { ANYTHING, NOTIFIES, READS, touch, WAITS, WRITES, type How } from './touch.js';
import type { Turn } from './turn.js';
import type { WaitPromises } from './wait-promises.js';

const GROUND = 'explorer';

/** What a thread learns from a wait, beside by what it was woken. */
const NOT_EQUAL = 2;
const SLEEPS = 3;

/**
 * Words under exploration: each operation waits for its turn, takes place in the control memory and is written down.
 *
 * Code under test cannot tell them from others, except that time stands still until a wait runs out of it.
 */
export class ExploredWords implements Words {
  readonly length: number;
  readonly #control: Control;
  readonly #turn: Turn;
  readonly #races: RaceWatch;
  readonly #promises: WaitPromises;
  readonly #words: Int32Array;

  constructor(control: Control, turn: Turn, races: RaceWatch, promises: WaitPromises) {
    this.#control = control;
    this.#turn = turn;
    this.#races = races;
    this.#promises = promises;
    this.#words = control.words;
    this.length = control.words.length;
    // There is one exploration in a thread at a time.
    registerGround(GROUND, () => this);
  }

  load(index: number): number {
    this.#step(index, READS);
    const value = this.#words[index] as number;
    this.#note(OPERATIONS.load, index, 0, 0, value);
    this.#learns(value);
    this.#races.acquires(index);
    return value;
  }

  store(index: number, value: number): void {
    this.#step(index, WRITES);
    const before = this.#words[index] as number;
    this.#words[index] = value;
    this.#note(OPERATIONS.store, index, value, 0, before);
    // What there was before, who stores is not told.
    this.#learns(0);
    this.#races.releases(index);
  }

  add(index: number, amount: number): number {
    this.#step(index, WRITES);
    const before = this.#words[index] as number;
    this.#words[index] = before + amount;
    this.#note(OPERATIONS.add, index, amount, 0, before);
    this.#learns(before);
    this.#races.acquires(index);
    this.#races.releases(index);
    return before;
  }

  exchange(index: number, value: number): number {
    this.#step(index, WRITES);
    const before = this.#words[index] as number;
    this.#words[index] = value;
    this.#note(OPERATIONS.exchange, index, value, 0, before);
    this.#learns(before);
    this.#races.acquires(index);
    this.#races.releases(index);
    return before;
  }

  compareExchange(index: number, expected: number, value: number): number {
    this.#step(index, WRITES);
    const before = this.#words[index] as number;
    if (before === (expected | 0)) this.#words[index] = value;
    this.#note(OPERATIONS.compareExchange, index, expected, value, before);
    this.#learns(before);
    this.#races.acquires(index);
    if (before === (expected | 0)) this.#races.releases(index);
    return before;
  }

  wait(index: number, expected: number, timeout = Infinity): WaitResult {
    this.#step(index, WAITS);
    const value = this.#words[index] as number;
    this.#races.acquires(index);
    if (value !== (expected | 0) || timeout <= 0) {
      this.#note(OPERATIONS.look, index, expected, 0, value);
      this.#learns(value === (expected | 0) ? EXPIRED : NOT_EQUAL);
      return value === (expected | 0) ? 'timed-out' : 'not-equal';
    }
    const { me } = this.#turn;
    this.#enqueue(me, index, ASLEEP, timeout);
    this.#note(OPERATIONS.wait, index, expected, Math.min(timeout, 2 ** 31 - 1), value);
    this.#learns(SLEEPS);
    this.#control.quiet[me] = 0;
    this.#turn.sleep();
    return this.#control.woken[me] === EXPIRED ? 'timed-out' : 'ok';
  }

  waitAsync(index: number, expected: number, options: WaitAsyncOptions = {}): WaitResult | Promise<WaitResult> {
    const { timeout = Infinity, signal } = options;
    this.#step(index, WAITS);
    const value = this.#words[index] as number;
    this.#races.acquires(index);
    if (value !== (expected | 0) || timeout <= 0 || signal?.aborted) {
      this.#note(OPERATIONS.look, index, expected, 0, value);
      this.#learns(value === (expected | 0) ? EXPIRED : NOT_EQUAL);
      return value === (expected | 0) ? 'timed-out' : 'not-equal';
    }
    const { me } = this.#turn;
    const { ticket, woken } = this.#promises.open(index, signal);
    this.#enqueue(me, index, ticket, timeout);
    this.#note(OPERATIONS.wait, index, expected, Math.min(timeout, 2 ** 31 - 1), value);
    this.#learns(SLEEPS);
    this.#control.quiet[me] = 0;
    return woken;
  }

  notify(index: number, count = Infinity): number {
    this.#step(index, NOTIFIES);
    const { head, queue } = this.#control;
    let notified = 0;
    for (let at = 0; at < (head[QUEUED] as number) && notified < count;) {
      if (queue[at * WAITER + 1] !== index) {
        at += 1;
        continue;
      }
      this.#races.wakes(queue[at * WAITER] as number);
      this.#turn.scheduler.wake(at, NOTIFIED);
      notified += 1;
    }
    this.#note(OPERATIONS.notify, index, Math.min(count, 2 ** 31 - 1), notified, this.#words[index] as number);
    this.#learns(notified);
    if (notified > 0) this.#control.stir();
    return notified;
  }

  now(): number {
    this.#turn.step(ANYTHING);
    const now = this.#control.clock[0] as number;
    this.#note(OPERATIONS.now, NOBODY, 0, 0, now);
    this.#turn.scheduler.key.learnsTime(this.#turn.me, now);
    return now;
  }

  self(): Participant {
    return this.#turn.me + 1;
  }

  isAlive(participant: Participant): boolean {
    this.#turn.step(ANYTHING);
    this.#turn.scheduler.asleep.wakeAll();
    const state = this.#control.state[participant - 1];
    const alive = state !== undefined && state !== DONE && state !== DEAD;
    this.#note(OPERATIONS.isAlive, NOBODY, participant - 1, Number(alive), 0);
    this.#learns(Number(alive));
    return alive;
  }

  handle(): WordsHandle {
    return { ground: GROUND };
  }

  #step(index: number, how: How): void {
    if (!Number.isInteger(index) || index < 0 || index >= this.length) {
      throw new RangeError(`Cannot reach word ${index}: there are ${this.length}, from 0`);
    }
    const operation = touch(index, how);
    this.#turn.step(operation);
    this.#turn.scheduler.touched(this.#turn.me, operation);
  }

  #note(operation: number, index: number, first: number, second: number, before: number): void {
    const after = index === NOBODY ? before : (this.#words[index] as number);
    this.#turn.scheduler.key.changes(index, before, after);
    this.#turn.scheduler.note(operation, index, first, second, before, after);
    const { quiet } = this.#control;
    if (before === after) quiet[this.#turn.me] = (quiet[this.#turn.me] as number) + 1;
    else this.#control.stir();
  }

  /** What the code under test is told by an operation. */
  #learns(value: number): void {
    this.#turn.scheduler.key.learns(this.#turn.me, value);
  }

  #enqueue(thread: number, index: number, ticket: number, timeout: number): void {
    const { head, queue, deadlines, clock } = this.#control;
    const at = head[QUEUED] as number;
    if (at === MOST_WAITERS) throw new RangeError(`Cannot wait: ${MOST_WAITERS} wait already, the most for explore()`);
    queue[at * WAITER] = thread;
    queue[at * WAITER + 1] = index;
    queue[at * WAITER + 2] = ticket;
    deadlines[at] = (clock[0] as number) + timeout;
    head[QUEUED] = at + 1;
  }
}
