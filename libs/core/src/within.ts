import { abortError, onAbort, throwIfAborted } from './cancellation.js';
import { systemClock, type Clock } from './clock.js';
import { TimeoutError } from './errors.js';
import { checkTimeout } from './timeout.js';

/** What every waiting call takes. */
export interface WaitOptions {
  /** The longest wait, in milliseconds; for ever if left out, 0 to try once. */
  readonly timeout?: number | undefined;
  /** Stops the wait when it aborts. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of {@link within}. */
export interface WithinOptions extends WaitOptions {
  /** Whose time it is; the real one if left out. */
  readonly clock?: Clock;
}

/**
 * Waits for a promise, but not longer than a timeout and not after a signal.
 *
 * The promise itself goes on: only the wait ends. Whatever happens, no timer and no listener is left behind, and a
 * promise that rejects after the wait was over is not reported as unhandled. The timer keeps the process alive while
 * it waits.
 *
 * @param promise - what to wait for
 * @param what - what is being waited for, for messages: `Cannot ${what}: ...`
 * @throws {TimeoutError} when the time runs out
 * @throws {CancelledError} when the signal aborts, with `reason === signal.reason`
 * @throws {TypeError | RangeError} for a bad timeout, before the wait begins
 *
 * @example
 * ```ts
 * const page = await within(fetch(url), 'read the page', { timeout: 1_000 });
 * ```
 */
export async function within<T>(promise: PromiseLike<T>, what: string, options: WithinOptions = {}): Promise<T> {
  const timeout = checkTimeout(options.timeout);
  const { signal, clock = systemClock } = options;
  throwIfAborted(signal, what);
  if (timeout === Infinity && signal === undefined) return promise;
  return new Promise<T>((resolve, reject) => {
    let leave: (() => void) | undefined;
    const stopTimer = clock.setTimer(timeout, () => {
      leave?.();
      reject(new TimeoutError(`Cannot ${what}: not done within ${timeout} ms`));
    });
    if (signal !== undefined) {
      leave = onAbort(signal, () => {
        stopTimer();
        reject(abortError(signal, what));
      });
    }
    const done = (): void => {
      stopTimer();
      leave?.();
    };
    promise.then(
      (value) => {
        done();
        resolve(value);
      },
      (error: unknown) => {
        done();
        reject(error);
      },
    );
  });
}
