/**
 * Checks an integer option.
 *
 * @internal
 * @throws {TypeError} if it is not a number
 * @throws {RangeError} if it is not an integer of at least `least`
 */
export function checkInteger(value: unknown, name: string, least: number): number {
  if (typeof value !== 'number') {
    throw new TypeError(`Cannot use ${value === null ? 'null' : typeof value} as ${name}: pass an integer`);
  }
  if (!Number.isInteger(value) || value < least) {
    throw new RangeError(`Cannot use ${value} as ${name}: pass an integer from ${least}`);
  }
  return value;
}
