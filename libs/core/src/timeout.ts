/**
 * The largest finite timeout, in milliseconds: 2^53 - 1, some 285 thousand years.
 *
 * Node's own `setTimeout` turns anything above 2^31 - 1 (24.8 days) into 1 ms. The timers here do not.
 */
export const TIMEOUT_MAX: number = Number.MAX_SAFE_INTEGER;

/** What a negative timeout means: `expired` (the same as 0) or `refuse` (a `RangeError`; locks and queues do that). */
export type NegativeTimeout = 'expired' | 'refuse';

/**
 * Checks a timeout that a user gave, and returns it in a form without special cases.
 *
 * @param timeout - milliseconds; `undefined` and `Infinity` mean for ever, 0 means try once
 * @param negative - what to make of negative numbers; `expired` if left out
 * @returns milliseconds from 0 to {@link TIMEOUT_MAX}, or `Infinity`
 * @throws {TypeError} if it is not a number
 * @throws {RangeError} if it is NaN, above `TIMEOUT_MAX`, or negative where that is refused
 */
export function checkTimeout(timeout: number | undefined, negative: NegativeTimeout = 'expired'): number {
  if (timeout === undefined || timeout === Infinity) return Infinity;
  if (typeof timeout !== 'number') {
    throw new TypeError(`Cannot wait for ${describe(timeout)}: a timeout is a number of milliseconds`);
  }
  if (Number.isNaN(timeout))
    throw new RangeError('Cannot wait for NaN milliseconds: pass 0 to try once, Infinity to wait for ever');
  if (timeout > TIMEOUT_MAX)
    throw new RangeError(
      `Cannot wait for ${timeout} ms: the most is TIMEOUT_MAX, ${TIMEOUT_MAX}; pass Infinity to wait for ever`,
    );
  if (timeout < 0) {
    if (negative === 'refuse') throw new RangeError(`Cannot wait for ${timeout} ms: pass 0 to try once`);
    return 0;
  }
  return timeout;
}

function describe(value: unknown): string {
  return value === null ? 'null' : typeof value === 'string' ? JSON.stringify(value) : typeof value;
}
