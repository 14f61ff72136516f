/**
 * What a wait ended with: it was woken, the word was another one already, or the time ran out. A wake-up says that
 * somebody called `notify`, not that anything is true now: look again.
 */
export type WaitResult = 'ok' | 'not-equal' | 'timed-out';

/** Who runs, among those that share the words: a positive number that no other living thread or process has. */
export type Participant = number;

/**
 * A row of 32-bit integers that several threads, processes or simulated threads share, and all that may be done to it.
 *
 * Every lock, event, queue and value is written once, over this interface, and never names `Atomics`. So one and the
 * same code runs between threads, between processes, and under the explorer of `testing`, which tries every order.
 *
 * All operations but `peek` are sequentially consistent: there is one order of them that everybody agrees on. Indexes go from 0
 * to `length - 1`; values are signed 32-bit integers, and what is greater wraps around.
 *
 * @throws {RangeError} from every method, for an index that the row does not have
 *
 * @example
 * ```ts
 * const words = threadWords(1);
 * words.add(0, 5); // 0, the value before
 * words.load(0); // 5
 * ```
 */
export interface Words {
  /** How many words there are. */
  readonly length: number;
  /** The word's value. */
  load(index: number): number;
  /**
   * The word's value now or a moment ago, for a tenth of the cost where the words lie in memory. It is a plain read, outside
   * of the order that everybody agrees on: for hints, where to see a change late does no harm.
   */
  peek(index: number): number;
  /** Sets the word. */
  store(index: number, value: number): void;
  /** Adds to the word and returns what it was before. */
  add(index: number, amount: number): number;
  /** Sets the word and returns what it was before. */
  exchange(index: number, value: number): number;
  /** Sets the word if it is `expected`; returns what it was before, so the exchange took place if that is `expected`. */
  compareExchange(index: number, expected: number, value: number): number;
  /**
   * Blocks the calling thread until somebody calls `notify` for the word, if it is `expected` now; no store can come
   * between the look and the sleep. Waiters of one word are woken in the order they came.
   *
   * Whether a thread may block is not asked here: see {@link checkMayBlock}.
   *
   * @param timeout - milliseconds, for ever if left out
   */
  wait(index: number, expected: number, timeout?: number): WaitResult;
  /**
   * As {@link wait}, for code that must not block. The answer is there at once, or is a promise; a promise that is
   * pending keeps the process alive.
   *
   * **Cancellation** abort the signal: the promise resolves to `timed-out`, and the waiter takes no wake-up from others.
   */
  waitAsync(index: number, expected: number, options?: WaitAsyncOptions): WaitResult | Promise<WaitResult>;
  /** Wakes up to `count` of those that wait for the word, all if left out; returns how many it woke. */
  notify(index: number, count?: number): number;
  /** Milliseconds of a clock that never goes back and that all who share the words read alike. */
  now(): number;
  /** The number of the caller. Constant as long as the thread lives, and the same for all words of one ground. */
  self(): Participant;
  /** Whether the thread or process of that number still runs. A number that was never given out does not. */
  isAlive(participant: Participant): boolean;
  /** What to send so that {@link openWords} makes the same words of it in another thread, or process. */
  handle(): WordsHandle;
}

/** Options of {@link Words.waitAsync}. */
export interface WaitAsyncOptions {
  /** Milliseconds, for ever if left out. */
  readonly timeout?: number | undefined;
  /** Ends the wait with `timed-out`. */
  readonly signal?: AbortSignal | undefined;
}

/** Words on their way: plain data that structured clone takes; `ground` says what kind they are. */
export interface WordsHandle {
  readonly ground: string;
}
