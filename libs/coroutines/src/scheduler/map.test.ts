import { CancelledError } from '@interleave/core';
import { VirtualClock } from '@interleave/testing';
import { expect, test } from 'vitest';
import { Scheduler } from './scheduler.js';
import { sleep } from './sleep.js';
import type { Coroutine } from './task.js';

test('so many at once, taken when there is room, and results in order', async () => {
  const clock = new VirtualClock();
  const scheduler = new Scheduler({ clock });
  let inside = 0;
  let most = 0;
  let taken = 0;
  const items = function* (): Generator<number> {
    for (let n = 0; n < 9; n++) {
      taken += 1;
      yield 9 - n;
    }
  };
  const nap = function* (delay: number): Coroutine<string> {
    most = Math.max(most, ++inside);
    expect(taken).toBeLessThanOrEqual(clock.now() === 0 ? 3 : 9);
    yield sleep(delay);
    inside -= 1;
    return `${delay}`;
  };
  const run = scheduler.run(() => scheduler.map(nap, items(), { limit: 3 }));
  expect(await clock.run(() => run)).toEqual(['9', '8', '7', '6', '5', '4', '3', '2', '1']);
  expect(most).toBe(3);
  expect(await scheduler.run(() => scheduler.map(nap, []))).toEqual([]);
});

test('the first error cancels the others, and comes out when they are over', async () => {
  const scheduler = new Scheduler();
  const log: string[] = [];
  const body = function* (n: number): Coroutine<void> {
    try {
      if (n === 1) {
        yield;
        throw new RangeError('one');
      }
      yield sleep(Infinity);
    } finally {
      yield;
      log.push(`over ${n}`);
    }
  };
  await expect(scheduler.run(() => scheduler.map(body, [0, 1, 2, 3, 4], { limit: 3 }))).rejects.toThrow('one');
  expect(log.sort()).toEqual(['over 0', 'over 1', 'over 2']);
});

test('who is cancelled in it cancels the calls, and waits for them', async () => {
  const scheduler = new Scheduler();
  const log: number[] = [];
  const body = function* (n: number): Coroutine<void> {
    try {
      yield sleep(Infinity);
    } finally {
      yield;
      log.push(n);
    }
  };
  const mapping = scheduler.spawn(() => scheduler.map(body, [1, 2]));
  await scheduler.run(function* () {
    yield;
    yield;
    mapping.cancel('why');
  });
  expect(mapping.error).toBeInstanceOf(CancelledError);
  expect(log).toEqual([1, 2]);
});

test('items that fail while they are taken cancel the calls', async () => {
  const scheduler = new Scheduler();
  const items = function* (): Generator<number> {
    yield 1;
    throw new RangeError('no more');
  };
  const patient = function* (): Coroutine<void> {
    yield sleep(Infinity);
  };
  await expect(scheduler.run(() => scheduler.map(patient, items()))).rejects.toThrow('no more');
  expect(scheduler.tasks).toEqual([]);
});

test('limits that are none', () => {
  const scheduler = new Scheduler();
  const none = function* (): Coroutine<void> {};
  for (const limit of [0, -1, 1.5, NaN]) expect(() => scheduler.map(none, [], { limit })).toThrow(RangeError);
});
