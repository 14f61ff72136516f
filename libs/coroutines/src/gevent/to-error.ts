/** An error, or a class to make one of when it is needed. */
export type ErrorLike = Error | (new (message?: string) => Error);

/**
 * @internal
 * @param what - what the error is for: `Cannot ${what} with number: ...`
 * @param message - for an error that is made of a class
 * @throws {TypeError} if it is neither
 */
export function toError(given: ErrorLike, what: string, message?: string): Error {
  if (given instanceof Error) return given;
  if (isErrorClass(given)) return new given(message);
  throw new TypeError(
    `Cannot ${what} with ${given === null ? 'null' : typeof given}: pass an error, or a class of errors`,
  );
}

/** @internal */
export function isErrorClass(given: unknown): given is new (message?: string) => Error {
  return typeof given === 'function' && (given === Error || given.prototype instanceof Error);
}
