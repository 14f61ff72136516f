import { CancelledError, newSpanNumber, spanTrace, traceTime } from '@interleave/core';

/** Options of {@link span}. */
export interface SpanOptions {
  /** The row it is drawn in. Default: `main`. */
  readonly lane?: string;
}

/**
 * Runs `body` and marks the time it takes as a span of the recordings that run meanwhile. For code without an executor:
 * a plain loop, one step of a larger task.
 *
 * Without a recording it costs two property reads. A body that throws makes a span that failed, or that was cancelled if
 * the error is a `CancelledError` or an `AbortError`; the error comes out as it is.
 *
 * @param name - what it is called in the picture
 * @param body - what to run; if it returns a promise, the span ends when the promise does
 * @returns what `body` returned
 *
 * @example
 * ```ts
 * for (const url of urls) await span(url, () => download(url));
 * ```
 */
export function span<T>(name: string, body: () => T): T;
/**
 * The same with options between the name and the body.
 *
 * @example
 * ```ts
 * await span('download', { lane: 'reader 1' }, () => download(url));
 * ```
 */
export function span<T>(name: string, options: SpanOptions, body: () => T): T;
export function span<T>(name: string, optionsOrBody: SpanOptions | (() => T), maybeBody?: () => T): T {
  const [options, body] = typeof optionsOrBody === 'function' ? [{}, optionsOrBody] : [optionsOrBody, maybeBody];
  if (typeof body !== 'function') throw new TypeError(`Cannot mark span ${name}: pass a function`);
  if (!spanTrace.active) return body();
  const number = newSpanNumber();
  const { lane = 'main' } = options;
  const start = traceTime();
  const end = (state: 'succeeded' | 'failed' | 'cancelled'): void => {
    spanTrace.publish({ span: number, name, lane, start, end: traceTime(), state });
  };
  const fail = (error: unknown): void => {
    const cancelled = error instanceof CancelledError || (error instanceof Error && error.name === 'AbortError');
    end(cancelled ? 'cancelled' : 'failed');
  };
  let result: T;
  try {
    result = body();
  } catch (error) {
    fail(error);
    throw error;
  }
  if (!isThenable(result)) {
    end('succeeded');
    return result;
  }
  // The caller gets a promise that settles after the span has ended, so that a recording that stops there has it.
  return result.then(
    (value) => {
      end('succeeded');
      return value;
    },
    (error: unknown) => {
      fail(error);
      throw error;
    },
  ) as T;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}
