import { asOwner, TimeoutError } from '@interleave/core';
import { expect, test } from 'vitest';
import { Fiber } from './fiber.js';
import { park } from './park.js';

test('an interruption ends the wait, and takes its registration out', async () => {
  const fiber = new Fiber();
  let registered = false;
  const waiting = asOwner(fiber, () =>
    park('wait', () => {
      registered = true;
      return () => (registered = false);
    }),
  );
  expect(registered).toBe(true);
  const error = new Error('enough');
  fiber.interrupt(error);
  expect(registered).toBe(false);
  await expect(waiting).rejects.toBe(error);
});

test('an interruption that comes between two waits is met at the next one, once', async () => {
  const fiber = new Fiber();
  const error = new Error('enough');
  fiber.interrupt(error);
  await asOwner(fiber, async () => {
    await expect(park('wait', () => undefined)).rejects.toBe(error);
    await expect(park<number>('wait', ({ wake }) => (wake(1), undefined))).resolves.toBe(1);
  });
});

test('who wakes too late is told so', async () => {
  let wake: ((value: number) => boolean) | undefined;
  const waiting = park<number>('wait', (wakers) => ((wake = wakers.wake), undefined), { timeout: 0 });
  await expect(waiting).rejects.toThrow(TimeoutError);
  expect(wake?.(1)).toBe(false);
});
