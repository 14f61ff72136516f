import { onAbort, systemClock } from '@interleave/core';
import { AtomicWords, checkLength } from './atomic-words.js';
import { livingThreads, tableOf, type LivingThreads } from './living-threads.js';
import { registerGround } from './open-words.js';
import { letTravel } from './shared-words.js';
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
  checkLength(length);
  const buffer = new SharedArrayBuffer(length * Int32Array.BYTES_PER_ELEMENT);
  return new ThreadWords(new Int32Array(buffer));
}

/** See {@link threadWords}. */
export class ThreadWords extends AtomicWords implements Words {
  static {
    letTravel(this);
  }

  readonly #living: LivingThreads;

  constructor(row: Int32Array, living: LivingThreads = livingThreads) {
    super(row);
    this.#living = living;
  }

  wait(index: number, expected: number, timeout?: number): WaitResult {
    return Atomics.wait(this.row, index, expected, timeout);
  }

  waitAsync(index: number, expected: number, options: WaitAsyncOptions = {}): WaitResult | Promise<WaitResult> {
    const { timeout, signal } = options;
    if (signal?.aborted) return Atomics.load(this.row, index) === expected ? 'timed-out' : 'not-equal';
    if (timeout !== undefined && timeout <= 0) {
      return Atomics.load(this.row, index) === expected ? 'timed-out' : 'not-equal';
    }
    const waiting = Atomics.waitAsync(this.row, index, expected);
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
        else Atomics.notify(this.row, index, 1);
      });
    });
  }

  notify(index: number, count?: number): number {
    return Atomics.notify(this.row, index, count);
  }

  self(): Participant {
    return this.#living.self();
  }

  isAlive(participant: Participant): boolean {
    return this.#living.has(participant);
  }

  handle(): WordsHandle {
    const handle: ThreadWordsHandle = { ground: GROUND, words: this.row, living: this.#living.buffer };
    return handle;
  }
}

registerGround(GROUND, (handle) => {
  const { words, living } = handle as ThreadWordsHandle;
  return new ThreadWords(words, tableOf(living));
});
