import { getEventListeners } from 'node:events';
import { expect, test, vi } from 'vitest';
import { onAbort, throwIfAborted } from './cancellation.js';
import { CancelledError } from './errors.js';
import { setUncaughtHandler } from './uncaught.js';

const listeners = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length;

test('NOD-09 ten thousand waits share one listener of a signal, and it goes with the last of them', () => {
  const { signal } = new AbortController();
  const warned = vi.fn();
  process.on('warning', warned);
  const leave = Array.from({ length: 10_000 }, () => onAbort(signal, () => {}));
  expect(listeners(signal)).toBe(1);
  for (const each of leave) each();
  expect(listeners(signal)).toBe(0);
  expect(warned).not.toHaveBeenCalled();
  process.off('warning', warned);
});

test('calls come once, in order, and not to those who left', () => {
  const controller = new AbortController();
  const calls: string[] = [];
  onAbort(controller.signal, () => calls.push('a'));
  const leave = onAbort(controller.signal, () => calls.push('b'));
  onAbort(controller.signal, () => calls.push('c'));
  leave();
  leave();
  controller.abort();
  expect(calls).toEqual(['a', 'c']);
  expect(listeners(controller.signal)).toBe(0);
});

test('one who leaves during the abort is not called; a later wait on a new signal is not disturbed', () => {
  const controller = new AbortController();
  const second = vi.fn();
  let leaveSecond = (): void => {};
  onAbort(controller.signal, () => leaveSecond());
  leaveSecond = onAbort(controller.signal, second);
  controller.abort();
  expect(second).not.toHaveBeenCalled();
});

test('one listener that throws does not keep the others from being called', () => {
  const controller = new AbortController();
  const second = vi.fn();
  const seen: unknown[] = [];
  const before = setUncaughtHandler((error) => void seen.push(error));
  onAbort(controller.signal, () => {
    throw new Error('first');
  });
  onAbort(controller.signal, second);
  controller.abort();
  setUncaughtHandler(before);
  expect(second).toHaveBeenCalledOnce();
  expect(seen).toMatchObject([{ message: 'first' }]);
});

test('throwIfAborted gives the reason', () => {
  const reason = new Error('no longer needed');
  expect(() => throwIfAborted(undefined, 'x')).not.toThrow();
  expect(() => throwIfAborted(new AbortController().signal, 'x')).not.toThrow();
  try {
    throwIfAborted(AbortSignal.abort(reason), 'take the lock');
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(CancelledError);
    expect((error as CancelledError).reason).toBe(reason);
    expect((error as CancelledError).message).toBe('Cannot take the lock: its signal was aborted');
  }
  expect(() => throwIfAborted({} as AbortSignal, 'x')).toThrow(TypeError);
});
