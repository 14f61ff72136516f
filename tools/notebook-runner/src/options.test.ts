import { expect, test } from 'vitest';
import { parseOptions, UsageError } from './options.js';

test('a command, paths and options in any order', () => {
  expect(parseOptions(['--jobs', '3', 'test', 'a.ipynb', '--json', 'r.json', 'b', '--timeout=500', '--fast'])).toEqual({
    command: 'test',
    paths: ['a.ipynb', 'b'],
    jobs: 3,
    timeout: 500,
    json: 'r.json',
    fast: true,
    plain: false,
  });
});

test('help', () => {
  expect(parseOptions(['--help'])).toBeUndefined();
});

for (const [argv, message] of [
  [[], 'no command; use execute, test, clean or html'],
  [['run', 'a'], 'Cannot run "run": no such command'],
  [['test'], 'Cannot test nothing: name a notebook or a folder'],
  [['test', 'a', '--jobs', '0'], 'Cannot take --jobs 0: it is no whole number from 1'],
  [['test', 'a', '--timeout', 'soon'], 'Cannot take --timeout soon'],
  [['test', 'a', '--wrong'], "Unknown option '--wrong'"],
] as const) {
  test(`refuses ${JSON.stringify(argv)}`, () => {
    expect(() => parseOptions(argv)).toThrow(UsageError);
    expect(() => parseOptions(argv)).toThrow(message);
  });
}
