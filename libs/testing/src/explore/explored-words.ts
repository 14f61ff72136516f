import {
  registerGround,
  type Participant,
  type WaitAsyncOptions,
  type WaitResult,
  type Words,
  type WordsHandle,
} from '@interleave/memory';
import { ASLEEP, MOST_WAITERS } from './control.js';
import { OPERATIONS } from './operations.js';
import { EXPIRED, FULL, NOT_EQUAL, SLEEPS } from './performer.js';
import type { Turn } from './turn.js';
import type { WaitPromises } from './wait-promises.js';

const GROUND = 'explorer';

/** What stands for a number without end. */
const ENDLESS = 2 ** 31 - 1;

/**
 * Words under exploration, as one thread has them: each operation is asked for, and takes place when its turn has come.
 *
 * Code under test cannot tell them from others, except that time stands still until a wait runs out of it.
 */
export class ExploredWords implements Words {
  readonly length: number;
  readonly #turn: Turn;
  readonly #promises: WaitPromises;

  constructor(length: number, turn: Turn, promises: WaitPromises) {
    this.#turn = turn;
    this.#promises = promises;
    this.length = length;
    // There is one exploration in a thread at a time.
    registerGround(GROUND, () => this);
  }

  load(index: number): number {
    return this.#ask(OPERATIONS.load, index, 0);
  }

  peek(index: number): number {
    return this.load(index);
  }

  store(index: number, value: number): void {
    this.#ask(OPERATIONS.store, index, value);
  }

  add(index: number, amount: number): number {
    return this.#ask(OPERATIONS.add, index, amount);
  }

  exchange(index: number, value: number): number {
    return this.#ask(OPERATIONS.exchange, index, value);
  }

  compareExchange(index: number, expected: number, value: number): number {
    return this.#ask(OPERATIONS.compareExchange, index, expected, value);
  }

  wait(index: number, expected: number, timeout = Infinity): WaitResult {
    return resultOf(this.#ask(OPERATIONS.wait, index, expected, ASLEEP, timeout));
  }

  waitAsync(index: number, expected: number, options: WaitAsyncOptions = {}): WaitResult | Promise<WaitResult> {
    const { timeout = Infinity, signal } = options;
    this.#turn.leaveScript();
    const ticket = this.#promises.nextTicket();
    const answer = this.#ask(OPERATIONS.wait, index, expected, ticket, signal?.aborted ? 0 : timeout);
    return answer === SLEEPS ? this.#promises.open(ticket, index, signal) : resultOf(answer);
  }

  notify(index: number, count = Infinity): number {
    return this.#ask(OPERATIONS.notify, index, Math.min(Math.ceil(count), ENDLESS));
  }

  now(): number {
    return this.#turn.ask(OPERATIONS.now, 0, 0);
  }

  self(): Participant {
    return this.#turn.me + 1;
  }

  isAlive(participant: Participant): boolean {
    return this.#turn.ask(OPERATIONS.isAlive, 0, participant - 1) === 1;
  }

  handle(): WordsHandle {
    return { ground: GROUND };
  }

  #ask(operation: number, index: number, first: number, second?: number, timeout?: number): number {
    if (!Number.isInteger(index) || index < 0 || index >= this.length) {
      throw new RangeError(`Cannot reach word ${index}: there are ${this.length}, from 0`);
    }
    return this.#turn.ask(operation, index, first, second, timeout);
  }
}

/** What a wait that is over returns. */
function resultOf(answer: number): WaitResult {
  if (answer === FULL) throw new RangeError(`Cannot wait: ${MOST_WAITERS} wait already, the most for explore()`);
  if (answer === NOT_EQUAL) return 'not-equal';
  return answer === EXPIRED ? 'timed-out' : 'ok';
}
