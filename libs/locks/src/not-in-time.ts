import { TimeoutError } from '@interleave/core';

/** The error of a scope that was not entered in time. */
export function notInTime(what: string, timeout: number | undefined): TimeoutError {
  return new TimeoutError(`Cannot ${what}: not free within ${timeout} ms`);
}
