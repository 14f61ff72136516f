/**
 * Checks how many of something there may be.
 *
 * @internal
 * @returns the number; `Infinity` for `undefined`
 * @throws {TypeError} if it is not a number
 * @throws {RangeError} if it is not an integer from `least`
 */
export function checkCount(given: number | undefined, name: string, least: number): number {
  if (given === undefined || given === Infinity) return Infinity;
  if (typeof given !== 'number') {
    throw new TypeError(`Cannot use ${given === null ? 'null' : typeof given} as ${name}: pass an integer`);
  }
  if (!Number.isInteger(given) || given < least) {
    throw new RangeError(`Cannot use ${given} as ${name}: pass an integer from ${least}`);
  }
  return given;
}
