export { check } from './check.js';
export { CheckFailedError, type CheckFailedErrorOptions } from './check-failed-error.js';
export { expectNothingLeft, type NothingLeftOptions } from './expect-nothing-left.js';
