/**
 * One true sentence, asserted: the last cell of every experiment.
 *
 *     check('no update is lost', total, 4);                    ✓ no update is lost: 4
 *     check('five are faster than one', ratio > 1);            ✓ five are faster than one
 *     check('five are faster than one', ratio, (r) => r > 1);  ✓ five are faster than one
 *
 * The first form prints the value, because it is the same on every run, or the check fails. The other two are for what
 * was measured: they print the sentence alone, so that the saved output is the same on every run. The third also
 * remembers the value for the message of a failure; prefer it to the second.
 *
 * It prints one line with `console.log` and throws on failure; it is not a test runner and needs none.
 */
import { inspect, isDeepStrictEqual } from 'node:util';
import { CheckFailedError } from './check-failed-error.js';

/** The longest value that is printed behind a sentence. */
const LINE = 88;

/**
 * Checks that a condition holds.
 *
 * @param sentence - what is true, in plain words
 * @param condition - whether it is
 * @throws {CheckFailedError} if `condition` is false
 * @throws {TypeError} if `condition` is not a boolean: a promise or a number would always pass
 */
export function check(sentence: string, condition: boolean): void;
/**
 * Checks that a value satisfies a predicate. For measured values: the value is shown only when the check fails.
 *
 * @param sentence - what is true, in plain words
 * @param actual - the value
 * @param holds - says whether the value is as it should be
 * @throws {CheckFailedError} if `holds` returns false
 * @throws {TypeError} if `holds` does not return a boolean
 */
export function check<T>(sentence: string, actual: T, holds: (actual: T) => boolean): void;
/**
 * Checks that two values are deeply and strictly equal, as `isDeepStrictEqual` of `node:util` has it: 4 is not '4', an
 * array is not a typed array, prototypes count, NaN equals NaN, 0 is not -0.
 *
 * @param sentence - what is true, in plain words
 * @param actual - what there is; printed behind the sentence
 * @param expected - what should be
 * @throws {CheckFailedError} if they differ
 *
 * @example
 * ```ts
 * check('no update is lost', total, 4); // ✓ no update is lost: 4
 * ```
 */
export function check<T>(sentence: string, actual: T, expected: T): void;
export function check(sentence: string, ...values: readonly unknown[]): void {
  if (typeof sentence !== 'string' || sentence === '') {
    throw new TypeError(`Cannot check without a sentence: say what is true, then pass what to check`);
  }
  const [actual, expected] = values;
  if (values.length < 2) checkCondition(sentence, actual);
  else if (typeof expected === 'function' && typeof actual !== 'function') checkPredicate(sentence, actual, expected);
  else checkEqual(sentence, actual, expected);
}

function checkCondition(sentence: string, condition: unknown): void {
  if (typeof condition !== 'boolean') {
    throw new TypeError(
      `Cannot check "${sentence}" with ${kind(condition)}: pass a boolean, or a value and another one`,
    );
  }
  if (!condition) {
    fail(sentence, '  the condition is false', false, true);
  }
  pass(sentence);
}

// eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- the overloads have the exact type
function checkPredicate(sentence: string, actual: unknown, holds: Function): void {
  const answer: unknown = Reflect.apply(holds, undefined, [actual]);
  if (typeof answer !== 'boolean') {
    throw new TypeError(`Cannot check "${sentence}": the predicate returned ${kind(answer)}; return a boolean`);
  }
  if (!answer) fail(sentence, `  actual:   ${show(actual)}\n  expected: ${source(holds)}`, actual, holds);
  pass(sentence);
}

function checkEqual(sentence: string, actual: unknown, expected: unknown): void {
  if (isDeepStrictEqual(actual, expected)) {
    const text = inspect(actual, { breakLength: Infinity, compact: true, depth: 4, colors: false });
    pass(text.length > LINE || text.includes('\n') ? sentence : `${sentence}: ${text}`);
    return;
  }
  const hint = actual instanceof Promise ? '\n  a promise was passed: await it first' : '';
  fail(sentence, `  actual:   ${show(actual)}\n  expected: ${show(expected)}${hint}`, actual, expected);
}

function fail(sentence: string, details: string, actual: unknown, expected: unknown): never {
  const error = new CheckFailedError(sentence, details, { actual, expected });
  // The stack begins where the sentence is written.
  Error.captureStackTrace(error, check);
  throw error;
}

function pass(sentence: string): void {
  console.log(`✓ ${sentence}`);
}

/** A value of a message: on several lines if it must, indented under its label. */
function show(value: unknown): string {
  return inspect(value, { breakLength: 100, depth: 6, colors: false, maxStringLength: 1_000 }).replaceAll(
    '\n',
    '\n            ',
  );
}

// eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- any function has a source
function source(holds: Function): string {
  const text = Function.prototype.toString.call(holds).replace(/\s+/g, ' ');
  return text.length > LINE ? `${text.slice(0, LINE)}…` : text;
}

function kind(value: unknown): string {
  if (value === null) return 'null';
  if (value instanceof Promise) return 'a promise (await it first)';
  return typeof value === 'object' ? 'an object' : `${typeof value} ${inspect(value)}`;
}
