import { abortError, checkTimeout, onAbort, systemClock, throwIfAborted } from '@interleave/core';
import { futuresOf } from './futures-of.js';
import { onDone, type Future } from './future.js';

/** When {@link wait} returns. */
export type ReturnWhen = 'FIRST_COMPLETED' | 'FIRST_EXCEPTION' | 'ALL_COMPLETED';

/** {@link wait} returns when any future is over, also by cancellation. */
export const FIRST_COMPLETED = 'FIRST_COMPLETED';
/** {@link wait} returns when any future has failed, or all are over. A cancellation is no failure. */
export const FIRST_EXCEPTION = 'FIRST_EXCEPTION';
/** {@link wait} returns when all futures are over. */
export const ALL_COMPLETED = 'ALL_COMPLETED';

/** Options of {@link wait}. */
export interface WaitForFuturesOptions {
  /** The longest wait, in milliseconds; for ever if left out, 0 to look once. */
  readonly timeout?: number | undefined;
  /** What to wait for. Default: `ALL_COMPLETED`. */
  readonly returnWhen?: ReturnWhen | undefined;
  /** Ends the wait when it aborts. */
  readonly signal?: AbortSignal | undefined;
}

/** What {@link wait} found. */
export interface DoneAndNotDone<F> {
  /** Finished, failed and cancelled futures. */
  readonly done: Set<F>;
  /** Those that are still pending or running. */
  readonly notDone: Set<F>;
}

/**
 * Waits for several futures at once.
 *
 * Use it to wait for the first or for all; to handle each result as it comes, prefer {@link asCompleted}.
 *
 * **Timeout** is no error here: the call resolves and what is not done yet is in `notDone`. Nothing is cancelled.
 * **Cancellation** an aborted wait changes nothing about the futures.
 *
 * @param futures - any iterable; read once; a future that comes twice counts once
 * @throws {TypeError} if it is not an iterable of futures
 * @throws {RangeError} if `returnWhen` is none of the three
 * @throws {CancelledError} if `signal` aborts
 *
 * @example
 * ```ts
 * const { done, notDone } = await wait([slow, quick], { returnWhen: FIRST_COMPLETED });
 * ```
 */
export async function wait<F extends Future<unknown>>(
  futures: Iterable<F>,
  options: WaitForFuturesOptions = {},
): Promise<DoneAndNotDone<F>> {
  const { returnWhen = ALL_COMPLETED, signal } = options;
  if (returnWhen !== FIRST_COMPLETED && returnWhen !== FIRST_EXCEPTION && returnWhen !== ALL_COMPLETED) {
    throw new RangeError(
      `Cannot wait for ${String(returnWhen)}: returnWhen is FIRST_COMPLETED, FIRST_EXCEPTION or ALL_COMPLETED`,
    );
  }
  const timeout = checkTimeout(options.timeout);
  const what = 'wait for futures';
  throwIfAborted(signal, what);
  const all = futuresOf(futures, 'wait');
  let left = 0;
  let enough = false;
  const count = (future: F): void => {
    if (returnWhen === FIRST_COMPLETED) enough = true;
    else if (returnWhen === FIRST_EXCEPTION && future.state === 'failed') enough = true;
  };
  for (const future of all) {
    if (future.done()) count(future);
    else left += 1;
  }
  if (left > 0 && !enough && timeout > 0) {
    await new Promise<void>((resolve, reject) => {
      const leaves: (() => void)[] = [];
      const end = (settle: () => void): void => {
        for (const leave of leaves) leave();
        settle();
      };
      for (const future of all) {
        if (future.done()) continue;
        leaves.push(
          onDone(future, () => {
            left -= 1;
            count(future);
            if (enough || left === 0) end(resolve);
          }),
        );
      }
      leaves.push(systemClock.setTimer(timeout, () => end(resolve)));
      if (signal !== undefined) leaves.push(onAbort(signal, () => end(() => reject(abortError(signal, what)))));
    });
  }
  // Sorted at the last moment: what ended since the wake-up counts as done, as in Python.
  const done = new Set<F>();
  const notDone = new Set<F>();
  for (const future of all) (future.done() ? done : notDone).add(future);
  return { done, notDone };
}
