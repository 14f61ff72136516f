import {
  Deadline,
  TimeoutError,
  abortError,
  onAbort,
  systemClock,
  throwIfAborted,
  type WaitOptions,
} from '@interleave/core';
import { futuresOf } from './futures-of.js';
import { onDone, type Future } from './future.js';

/**
 * Yields futures as they finish, each once; those that are finished already come first.
 *
 * Use it to handle every result as soon as it is there; for results in the order of the work, prefer `executor.map`.
 *
 * **Leaving** a `for await` early is fine: nothing is cancelled, because the futures are yours.
 * **Memory** a future that was yielded is not held any longer.
 *
 * @param futures - any iterable; read once, at the call; duplicates come once
 * @param options - `timeout`: milliseconds from the call for the whole iteration; `signal` ends the iteration
 * @returns an iterator whose steps reject with {@link TimeoutError} or `CancelledError` when the wait is over; after
 *   that it is exhausted
 * @throws {TypeError} if it is not an iterable of futures
 *
 * @example
 * ```ts
 * for await (const future of asCompleted(futures, { timeout: 5_000 })) console.log(await future.result());
 * ```
 */
export function asCompleted<F extends Future<unknown>>(
  futures: Iterable<F>,
  options: WaitOptions = {},
): AsyncIterableIterator<F> {
  throwIfAborted(options.signal, 'wait for futures');
  const deadline = Deadline.after(options.timeout);
  return new Completions(futuresOf(futures, 'asCompleted'), deadline, options.signal);
}

class Completions<F extends Future<unknown>> implements AsyncIterableIterator<F> {
  readonly #pending = new Map<F, () => void>();
  readonly #ready: F[] = [];
  readonly #total: number;
  readonly #deadline: Deadline;
  readonly #signal: AbortSignal | undefined;
  #wake: (() => void) | undefined;
  /** Ends when the step before has ended, so that steps asked for at once get different futures. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(futures: Set<F>, deadline: Deadline, signal: AbortSignal | undefined) {
    this.#total = futures.size;
    this.#deadline = deadline;
    this.#signal = signal;
    for (const future of futures) {
      if (future.done()) this.#ready.push(future);
      else
        this.#pending.set(
          future,
          onDone(future, () => this.#completed(future)),
        );
    }
  }

  #completed(future: F): void {
    this.#pending.delete(future);
    this.#ready.push(future);
    this.#wake?.();
  }

  next(): Promise<IteratorResult<F, undefined>> {
    const step = this.#turn.then(() => this.#step());
    this.#turn = step.then(nothing, nothing);
    return step;
  }

  async return(): Promise<IteratorResult<F, undefined>> {
    this.#close();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #step(): Promise<IteratorResult<F, undefined>> {
    if (this.#ready.length === 0 && this.#pending.size > 0) await this.#someone();
    const value = this.#ready.shift();
    return value === undefined ? { done: true, value: undefined } : { done: false, value };
  }

  #someone(): Promise<void> {
    return new Promise((resolve, reject) => {
      let stopSignal = (): void => {};
      const end = (settle: () => void): void => {
        this.#wake = undefined;
        stopTimer();
        stopSignal();
        settle();
      };
      // Armed only while somebody waits: an iteration that was forgotten leaves no timer.
      const stopTimer = systemClock.setTimer(this.#deadline.remaining(), () => {
        const message = `${this.#pending.size} (of ${this.#total}) futures unfinished`;
        end(() => reject(new TimeoutError(message)));
        this.#close();
      });
      const signal = this.#signal;
      if (signal !== undefined) {
        const abort = (): void => {
          end(() => reject(abortError(signal, 'wait for futures')));
          this.#close();
        };
        if (signal.aborted) abort();
        else stopSignal = onAbort(signal, abort);
      }
      if (this.#pending.size > 0) this.#wake = () => end(resolve);
    });
  }

  #close(): void {
    for (const leave of this.#pending.values()) leave();
    this.#pending.clear();
    this.#ready.length = 0;
    this.#wake?.();
  }
}

function nothing(): void {}
