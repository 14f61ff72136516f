import { afterEach, expect, test, vi } from 'vitest';
import { systemClock } from './clock.js';

afterEach(() => void vi.useRealTimers());

test('a timer never fires early', async () => {
  for (let i = 0; i < 50; i++) {
    const delay = 1 + (i % 5) * 0.7;
    const start = performance.now();
    await new Promise<void>((fire) => void systemClock.setTimer(delay, fire));
    expect(performance.now() - start).toBeGreaterThanOrEqual(delay);
  }
});

test('a delay above 2^31 - 1 ms waits for its whole time, in parts', () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  const fired = vi.fn();
  systemClock.setTimer(2 ** 31 + 1000, fired);
  vi.advanceTimersByTime(2 ** 31 - 1);
  expect(fired).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1000);
  expect(fired).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(fired).toHaveBeenCalledOnce();
  expect(vi.getTimerCount()).toBe(0);
});

test('stopping leaves no timer, and Infinity never made one', () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  const stop = systemClock.setTimer(50, () => {});
  expect(vi.getTimerCount()).toBe(1);
  stop();
  stop();
  systemClock.setTimer(Infinity, () => {})();
  expect(vi.getTimerCount()).toBe(0);
});
