import { afterEach, expect, test, vi } from 'vitest';
import { reportUncaught, setUncaughtHandler } from './uncaught.js';

afterEach(() => void vi.restoreAllMocks());

test('the default writes to stderr once; a handler replaces it and can be taken back', () => {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  reportUncaught(new Error('lost'), { where: 'a test' });
  expect(write).toHaveBeenCalledOnce();
  expect(write.mock.calls[0]?.[0]).toMatch(/^Uncaught error in a test: Error: lost/);
  const seen: unknown[] = [];
  const before = setUncaughtHandler((error, { where }) => void seen.push([error, where]));
  reportUncaught('text', { where: 'b' });
  setUncaughtHandler(before);
  expect(seen).toEqual([['text', 'b']]);
  expect(write).toHaveBeenCalledOnce();
});

test('FAILURES F29: a handler that throws falls back to stderr and does not recurse', () => {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const before = setUncaughtHandler(() => {
    throw new Error('handler');
  });
  expect(() => reportUncaught(new Error('first'), { where: 'a' })).not.toThrow();
  setUncaughtHandler(before);
  expect(write.mock.calls.map(([text]) => String(text).split('\n')[0])).toEqual([
    'Uncaught error in a: Error: first',
    'Uncaught error in the uncaught handler itself: Error: handler',
  ]);
  expect(() => setUncaughtHandler(undefined as any)).toThrow(TypeError);
});
