import { InterleaveError } from '@interleave/core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CheckFailedError } from './check-failed-error.js';
import { check } from './check.js';

let printed: string[] = [];

beforeEach(() => {
  printed = [];
  vi.spyOn(console, 'log').mockImplementation((line) => {
    printed.push(String(line));
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

function failure(run: () => void): CheckFailedError {
  try {
    run();
  } catch (error) {
    if (error instanceof CheckFailedError) return error;
    throw error;
  }
  throw new Error('the check passed');
}

test('a value that is as expected is printed behind its sentence', () => {
  check('no update is lost', 4, 4);
  check('the order is kept', ['a', 'b'], ['a', 'b']);
  check('it has the shape', { a: { b: { c: [1] } } }, { a: { b: { c: [1] } } });
  check('nothing comes', undefined, undefined);
  check('it is a text', 'one\ntwo', 'one\ntwo');
  expect(printed).toEqual([
    '✓ no update is lost: 4',
    "✓ the order is kept: [ 'a', 'b' ]",
    '✓ it has the shape: { a: { b: { c: [ 1 ] } } }',
    '✓ nothing comes: undefined',
    "✓ it is a text: 'one\\ntwo'",
  ]);
});

test('a value that is too long for its line is left out', () => {
  const long = Array.from({ length: 50 }, (_, i) => i);
  check('all came', long, [...long]);
  expect(printed).toEqual(['✓ all came']);
});

test('a condition and a predicate print the sentence alone, so that measured values do not vary the output', () => {
  check('five are faster', Math.random() < 2);
  check('five are faster', Math.random(), (ratio) => ratio < 1);
  expect(printed).toEqual(['✓ five are faster', '✓ five are faster']);
});

test('a failure has the sentence, what there was and what should have been', () => {
  const error = failure(() => check('no update is lost', 3, 4));
  expect(error).toBeInstanceOf(InterleaveError);
  expect(error.name).toBe('CheckFailedError');
  expect(error.code).toBe('ERR_CHECK_FAILED');
  expect(error.message).toBe('Check failed: no update is lost\n  actual:   3\n  expected: 4');
  expect([error.sentence, error.actual, error.expected]).toEqual(['no update is lost', 3, 4]);
  expect(Object.keys(error)).toEqual([]);
  expect(printed).toEqual([]);
});

test('the stack of a failure begins where the sentence is written', () => {
  const frame = failure(() => check('no', 1, 2))
    .stack?.split('\n')
    .find((line) => line.includes(' at '));
  expect(frame).toContain('check.test.ts');
});

test('a value of several lines is set in', () => {
  const value = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`key number ${i}`, `value number ${i}`]));
  const { message } = failure(() => check('short', value, {}));
  expect(message).toContain("\n              'key number 1'");
});

test('a failed predicate shows the value and the predicate', () => {
  const holds = (ratio: number): boolean => ratio > 1;
  const error = failure(() => check('five are faster', 0.9, holds));
  expect(error.message).toMatch(
    /^Check failed: five are faster\n {2}actual: {3}0\.9\n {2}expected: \(ratio\) => ratio > 1$/,
  );
  expect(error.expected).toBe(holds);
  expect(
    failure(() =>
      check(
        'long',
        1,
        (n) => n > 2 && 'a text that is long enough'.length + 'to be cut off here, as it must be'.length > 3,
      ),
    ).message,
  ).toMatch(/…$/);
});

test('a failed condition says so', () => {
  expect(failure(() => check('it holds', false)).message).toBe('Check failed: it holds\n  the condition is false');
});

test.each<[string, unknown, unknown]>([
  ['a number and its text', 4, '4'],
  ['zeros of two signs', 0, -0],
  ['null and undefined', null, undefined],
  ['an array and a typed array', [1], new Uint8Array([1])],
  ['a missing field', { a: undefined }, {}],
  ['errors of two messages', new Error('a'), new Error('b')],
  ['maps', new Map([[1, 2]]), new Map([[1, 3]])],
])('these differ: %s', (_, actual, expected) => {
  expect(() => check('same', actual, expected)).toThrow(CheckFailedError);
});

test.each<[string, unknown, unknown]>([
  ['NaN', NaN, NaN],
  ['maps', new Map([[{ a: 1 }, new Set([2])]]), new Map([[{ a: 1 }, new Set([2])]])],
  ['dates', new Date(5), new Date(5)],
  ['keys in another order', { a: 1, b: 2 }, { b: 2, a: 1 }],
])('these are equal: %s', (_, actual, expected) => {
  check('same', actual, expected);
});

test('functions are compared as values when both are functions', () => {
  const same = (): boolean => false;
  check('the same function', same, same);
  expect(() => check('two functions', same, () => true)).toThrow(CheckFailedError);
});

test('a promise never passes for its value', () => {
  expect(failure(() => check('done', Promise.resolve(4) as unknown, 4)).message).toContain('await it first');
  expect(() => check('done', Promise.resolve(true) as never)).toThrow(/a promise \(await it first\)/);
  expect(() => check('done', 4, (async () => true) as never)).toThrow(/the predicate returned a promise/);
});

test.each([1, 'yes', undefined, null, {}])('a condition that is no boolean is refused: %s', (condition) => {
  expect(() => check('it holds', condition as never)).toThrow(TypeError);
});

test('a check without a sentence is refused', () => {
  expect(() => check('', true)).toThrow(TypeError);
  expect(() => check(4 as never, 4, 4)).toThrow(/without a sentence/);
});
