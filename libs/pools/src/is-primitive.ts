/**
 * Whether a structured clone carries the value as it is and without sharing anything.
 *
 * @internal
 */
export function isPrimitive(value: unknown): boolean {
  switch (typeof value) {
    case 'object':
      return value === null;
    case 'function':
    case 'symbol':
      return false;
    default:
      return true;
  }
}
