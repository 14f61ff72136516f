import { onAbort, systemClock } from '@interleave/core';
import { monotonicNow } from './atomic-words.js';
import { brokerSelf, type BrokerClient } from './broker-client.js';
import { ALL } from './broker-protocol.js';
import { letTravel } from './shared-words.js';
import type { Participant, WaitAsyncOptions, WaitResult, Words, WordsHandle } from './words.js';

/** Milliseconds; a timer for `Infinity` would not keep the process alive. */
const FOR_EVER = Number.MAX_SAFE_INTEGER;

/** Words that lie in another process, or thread: every operation is a round trip to its broker. */
export class RemoteWords implements Words {
  static {
    letTravel(this);
  }

  readonly length: number;
  readonly #client: BrokerClient;
  readonly #row: number;
  readonly #handle: WordsHandle;

  constructor(client: BrokerClient, row: number, length: number, handle: WordsHandle) {
    this.length = length;
    this.#client = client;
    this.#row = row;
    this.#handle = handle;
  }

  load(index: number): number {
    return this.#client.call('load', this.#row, this.#checked(index));
  }

  peek(index: number): number {
    return this.load(index);
  }

  store(index: number, value: number): void {
    this.#client.call('store', this.#row, this.#checked(index), value);
  }

  add(index: number, amount: number): number {
    return this.#client.call('add', this.#row, this.#checked(index), amount);
  }

  exchange(index: number, value: number): number {
    return this.#client.call('exchange', this.#row, this.#checked(index), value);
  }

  compareExchange(index: number, expected: number, value: number): number {
    return this.#client.call('compareExchange', this.#row, this.#checked(index), expected, value);
  }

  wait(index: number, expected: number, timeout = Infinity): WaitResult {
    if (timeout <= 0) return this.#unwaited(index, expected);
    const woken = this.#client.block(this.#row, this.#checked(index), expected, timeout);
    if (woken === undefined) return 'not-equal';
    return woken ? 'ok' : 'timed-out';
  }

  waitAsync(index: number, expected: number, options: WaitAsyncOptions = {}): WaitResult | Promise<WaitResult> {
    const { timeout = FOR_EVER, signal } = options;
    if (timeout <= 0 || signal?.aborted) return this.#unwaited(index, expected);
    let settle: { resolve(how: WaitResult): void; reject(error: Error): void };
    const answer = new Promise<WaitResult>((resolve, reject) => {
      settle = { resolve, reject };
    });
    const leave = this.#client.listen(this.#row, this.#checked(index), expected, {
      woken: () => end(),
      failed: (error) => {
        stop();
        settle.reject(error);
      },
    });
    if (leave === undefined) return 'not-equal';
    const stop = (): void => {
      stopTimer();
      stopHearing?.();
    };
    const end = (): void => {
      stop();
      settle.resolve(leave() ? 'ok' : 'timed-out');
    };
    // The client's thread does not keep the process alive; a timer does.
    const stopTimer = systemClock.setTimer(Math.min(timeout, FOR_EVER), end);
    const stopHearing = signal && onAbort(signal, end);
    return answer;
  }

  #unwaited(index: number, expected: number): WaitResult {
    return this.load(index) === (expected | 0) ? 'timed-out' : 'not-equal';
  }

  notify(index: number, count = ALL): number {
    return this.#client.call('notify', this.#row, this.#checked(index), Math.min(Math.max(count, 0), ALL));
  }

  now(): number {
    return monotonicNow();
  }

  self(): Participant {
    return brokerSelf();
  }

  isAlive(participant: Participant): boolean {
    return participant > 0 && this.#client.call('isAlive', this.#row, 0, participant) === 1;
  }

  handle(): WordsHandle {
    return this.#handle;
  }

  #checked(index: number): number {
    if (index >= 0 && index < this.length) return Math.trunc(index);
    throw new RangeError(`Cannot reach word ${index}: there are ${this.length}`);
  }
}
