/**
 * Listening to `AbortSignal`s without leaks.
 *
 * A signal is often shared by thousands of tasks. One listener a task would set off Node's MaxListenersExceededWarning
 * and cost a linear search at each removal, so a signal gets one listener here, however many wait for it, and loses it
 * when the last one has left.
 */
import { CancelledError } from './errors.js';
import { reportUncaught } from './uncaught.js';

const waiting = new WeakMap<AbortSignal, { readonly calls: Set<() => void>; readonly listener: () => void }>();

/**
 * Calls `call` once when the signal aborts, in the order of registration. If it already has, `call` is not called:
 * ask {@link throwIfAborted} first.
 *
 * @returns a function that takes the registration back; calling it again does nothing
 */
export function onAbort(signal: AbortSignal, call: () => void): () => void {
  let entry = waiting.get(signal);
  if (entry === undefined) {
    const calls = new Set<() => void>();
    const listener = (): void => {
      waiting.delete(signal);
      for (const each of calls) {
        try {
          each();
        } catch (error) {
          // The rest must still hear of it.
          reportUncaught(error, { where: 'a listener of an AbortSignal' });
        }
      }
    };
    entry = { calls, listener };
    waiting.set(signal, entry);
    signal.addEventListener('abort', listener, { once: true });
  }
  // Wrapped, so that the same function registered twice is called twice.
  const mine = (): void => call();
  const { calls, listener } = entry;
  calls.add(mine);
  return () => {
    if (!calls.delete(mine) || calls.size > 0) return;
    if (waiting.get(signal)?.calls === calls) {
      waiting.delete(signal);
      signal.removeEventListener('abort', listener);
    }
  };
}

/**
 * The error of an aborted signal.
 *
 * @param what - what was stopped, for the message: `Cannot ${what}: its signal was aborted`
 */
export function abortError(signal: AbortSignal, what: string): CancelledError {
  const reason: unknown = signal.reason;
  return new CancelledError(`Cannot ${what}: its signal was aborted`, { reason, cause: reason });
}

/**
 * @param what - what would begin, for the message
 * @throws {CancelledError} with the signal's reason, if the signal has aborted
 * @throws {TypeError} if `signal` is neither `undefined` nor an `AbortSignal`
 */
export function throwIfAborted(signal: AbortSignal | undefined, what: string): void {
  if (signal === undefined) return;
  if (!(signal instanceof AbortSignal)) throw new TypeError(`Cannot ${what}: signal is not an AbortSignal`);
  if (signal.aborted) throw abortError(signal, what);
}
