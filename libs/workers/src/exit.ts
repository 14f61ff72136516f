import { exitByte } from './exit-code.js';

/**
 * Ends the thread or process that calls it, as Python's `sys.exit` does: in a child it is the child that ends, in the main
 * program the program.
 *
 * `exit` handlers run, and what was printed goes out. Children of the caller are not waited for: they end too, because
 * nothing outlives its parent.
 *
 * @param status - the exit code, an integer; only its lowest byte counts, so 300 becomes 44 and -1 becomes 255. A string
 * is printed to stderr, and the exit code is 1. Default 0, success
 * @throws {RangeError} if it is a number but no integer
 * @throws {TypeError} if it is neither a number nor a string
 *
 * @example
 * ```ts
 * const child = fork(() => exit(3));
 * await child.join();
 * child.exitCode; // 3
 * ```
 */
export function exit(status: number | string = 0): never {
  if (typeof status === 'string') {
    process.stderr.write(`${status}\n`);
    return process.exit(1);
  }
  if (typeof status !== 'number') {
    throw new TypeError(`Cannot exit with ${status === null ? 'null' : typeof status}: pass an integer, or a message`);
  }
  if (!Number.isInteger(status)) {
    throw new RangeError(`Cannot exit with status ${status}: pass an integer; 0 means success`);
  }
  return process.exit(exitByte(status));
}
