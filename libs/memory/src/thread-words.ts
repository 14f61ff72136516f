import process from 'node:process';
import { onAbort, systemClock } from '@interleave/core';
import { livingThreads, tableOf, type LivingThreads } from './living-threads.js';
import { registerGround } from './open-words.js';
import type { Participant, WaitAsyncOptions, WaitResult, Words, WordsHandle } from './words.js';

const GROUND = 'threads';

/** Milliseconds; a timer for `Infinity` would not keep the process alive. */
const FOR_EVER = Number.MAX_SAFE_INTEGER;

interface ThreadWordsHandle extends WordsHandle {
  readonly words: Int32Array;
  readonly living: SharedArrayBuffer;
}

/**
 * Words that the threads of this process share: a `SharedArrayBuffer` and `Atomics`.
 *
 * @param length - how many words, all 0; at least 1
 * @throws {RangeError} for a length that is not a whole number from 1 to 2^28
 *
 * @example
 * ```ts
 * const words = threadWords(2);
 * words.store(1, 7);
 * ```
 */
export function threadWords(length: number): Words {
  if (!Number.isInteger(length) || length < 1 || length > 2 ** 28) {
    throw new RangeError(`Cannot make ${length} words: pass a whole number from 1 to 2^28`);
  }
  const buffer = new SharedArrayBuffer(length * Int32Array.BYTES_PER_ELEMENT);
  return new ThreadWords(new Int32Array(buffer), livingThreads);
}

class ThreadWords implements Words {
  readonly length: number;
  readonly #words: Int32Array;
  readonly #living: LivingThreads;

  constructor(words: Int32Array, living: LivingThreads) {
    this.length = words.length;
    this.#words = words;
    this.#living = living;
  }

  load(index: number): number {
    return Atomics.load(this.#words, index);
  }

  store(index: number, value: number): void {
    Atomics.store(this.#words, index, value);
  }

  add(index: number, amount: number): number {
    return Atomics.add(this.#words, index, amount);
  }

  exchange(index: number, value: number): number {
    return Atomics.exchange(this.#words, index, value);
  }

  compareExchange(index: number, expected: number, value: number): number {
    return Atomics.compareExchange(this.#words, index, expected, value);
  }

  wait(index: number, expected: number, timeout?: number): WaitResult {
    return Atomics.wait(this.#words, index, expected, timeout);
  }

  waitAsync(index: number, expected: number, options: WaitAsyncOptions = {}): WaitResult | Promise<WaitResult> {
    const { timeout, signal } = options;
    if (signal?.aborted) return Atomics.load(this.#words, index) === expected ? 'timed-out' : 'not-equal';
    if (timeout !== undefined && timeout <= 0) {
      return Atomics.load(this.#words, index) === expected ? 'timed-out' : 'not-equal';
    }
    const waiting = Atomics.waitAsync(this.#words, index, expected);
    if (!waiting.async) return waiting.value;
    return this.#within(waiting.value, index, timeout, signal);
  }

  /**
   * The wait itself has no limit and cannot be called off, so one that is over goes on asleep. When a wake-up reaches it
   * after all, it hands the wake-up on.
   */
  #within(
    woken: Promise<WaitResult>,
    index: number,
    timeout: number | undefined,
    signal: AbortSignal | undefined,
  ): Promise<WaitResult> {
    return new Promise((resolve) => {
      let waits = true;
      const end = (result: WaitResult): void => {
        if (!waits) return;
        waits = false;
        stopTimer();
        leave?.();
        resolve(result);
      };
      // An asynchronous wait of V8 does not keep the process alive; a timer does.
      const stopTimer = systemClock.setTimer(Math.min(timeout ?? FOR_EVER, FOR_EVER), () => end('timed-out'));
      const leave = signal && onAbort(signal, () => end('timed-out'));
      void woken.then(() => {
        if (waits) end('ok');
        else Atomics.notify(this.#words, index, 1);
      });
    });
  }

  notify(index: number, count?: number): number {
    return Atomics.notify(this.#words, index, count);
  }

  now(): number {
    const [seconds, nanoseconds] = process.hrtime();
    return seconds * 1e3 + nanoseconds / 1e6;
  }

  self(): Participant {
    return this.#living.self();
  }

  isAlive(participant: Participant): boolean {
    return this.#living.has(participant);
  }

  handle(): WordsHandle {
    const handle: ThreadWordsHandle = { ground: GROUND, words: this.#words, living: this.#living.buffer };
    return handle;
  }
}

registerGround(GROUND, (handle) => {
  const { words, living } = handle as ThreadWordsHandle;
  return new ThreadWords(words, tableOf(living));
});
