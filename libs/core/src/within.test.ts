import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { CancelledError, TimeoutError } from './errors.js';
import { within } from './within.js';

const never = new Promise<never>(() => {});
const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;

test('the value arrives, and no timer or listener is left', async () => {
  const before = timers();
  const { signal } = new AbortController();
  expect(await within(Promise.resolve(5), 'wait', { timeout: 60_000, signal })).toBe(5);
  await expect(within(Promise.reject(new Error('own')), 'wait', { timeout: 60_000, signal })).rejects.toThrow('own');
  expect(timers()).toBe(before);
  expect(getEventListeners(signal, 'abort').length).toBe(0);
});

test('time runs out: TimeoutError, never early', async () => {
  const start = performance.now();
  await expect(within(never, 'read the page', { timeout: 20 })).rejects.toThrow(
    new TimeoutError('Cannot read the page: not done within 20 ms'),
  );
  expect(performance.now() - start).toBeGreaterThanOrEqual(20);
});

test('the signal stops the wait with its reason, and takes the timer along', async () => {
  const before = timers();
  const controller = new AbortController();
  const waiting = within(never, 'wait', { signal: controller.signal, timeout: 60_000 });
  controller.abort('enough');
  await expect(waiting).rejects.toMatchObject({ name: 'CancelledError', reason: 'enough' });
  expect(timers()).toBe(before);
  await expect(within(never, 'wait', { signal: controller.signal })).rejects.toBeInstanceOf(CancelledError);
});

test('a promise that rejects after the wait was over is not an unhandled rejection', async () => {
  const unhandled: unknown[] = [];
  const note = (error: unknown): void => void unhandled.push(error);
  process.on('unhandledRejection', note);
  let fail = (_: Error): void => {};
  const late = new Promise<never>((_, reject) => (fail = reject));
  await expect(within(late, 'wait', { timeout: 0 })).rejects.toBeInstanceOf(TimeoutError);
  fail(new Error('late'));
  await new Promise(setImmediate);
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
});

test('bad timeouts are refused before the wait', async () => {
  await expect(within(never, 'wait', { timeout: NaN })).rejects.toBeInstanceOf(RangeError);
  await expect(within(never, 'wait', { timeout: '5' as unknown as number })).rejects.toBeInstanceOf(TypeError);
});
