import { basename } from 'node:path';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { CancelledError } from '@interleave/core';
import { expect, test } from 'vitest';
import { captureTask } from './capture-task.js';

type Fn = (...args: never[]) => unknown;

/** Captures in two turns of the event loop, and tells whether the second time was spared. */
async function isSpared(fn: Fn): Promise<boolean> {
  const first = captureTask(fn, 'thread');
  await turnOfTheLoop();
  return captureTask(fn, 'thread') === first;
}

const settings = { rate: 2 };

test('what has nothing that could change is captured once and for all', async () => {
  expect(await isSpared((n: number) => Math.round(n))).toBe(true);
});

test('an import cannot change, and goes by its address', async () => {
  expect(await isSpared((path: string) => basename(path))).toBe(true);
  expect(await isSpared(() => new CancelledError())).toBe(true);
});

test('what closes over a variable is looked at again in the next turn', async () => {
  const fn = (n: number): number => n * settings.rate;
  expect(await isSpared(fn)).toBe(false);
  expect(await isSpared((path: string) => basename(path).repeat(settings.rate))).toBe(false);
});

test('so is what got a property meanwhile', async () => {
  const fn = (n: number): number => n;
  const first = captureTask(fn, 'thread');
  await turnOfTheLoop();
  Object.assign(fn, { unit: 'ms' });
  expect(captureTask(fn, 'thread')).not.toBe(first);
});
