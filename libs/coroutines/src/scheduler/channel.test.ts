import { ClosedError, EndOfStreamError, QueueEmptyError, QueueFullError } from '@interleave/core';
import { expect, test } from 'vitest';
import { Channel } from './channel.js';
import { randomOrder } from './random-order.js';
import { Scheduler } from './scheduler.js';
import type { Coroutine } from './task.js';

test('every item arrives once, in the order of its sender, whatever the capacity and the order of the tasks', async () => {
  for (const capacity of [0, 1, 3, Infinity]) {
    for (let seed = 0; seed < 20; seed++) {
      const scheduler = new Scheduler({ order: randomOrder(seed) });
      const channel = new Channel<string>(capacity);
      const got: string[][] = [[], []];
      let most = 0;
      const senders = ['a', 'b', 'c'].map((name) =>
        scheduler.spawn(function* () {
          for (let n = 0; n < 5; n++) {
            yield channel.put(`${name}${n}`);
            most = Math.max(most, channel.size);
          }
        }),
      );
      for (const own of got) {
        scheduler.spawn(
          channel.each(function* (item): Coroutine<void> {
            own.push(item);
            yield;
          }),
        );
      }
      await scheduler.run(function* () {
        for (const each of senders) yield* each;
        channel.close();
      });
      expect([...got.flat()].sort()).toEqual(
        ['a', 'b', 'c'].flatMap((name) => [0, 1, 2, 3, 4].map((n) => `${name}${n}`)),
      );
      for (const name of ['a', 'b', 'c']) {
        for (const each of got) {
          const own = each.filter((item) => item.startsWith(name));
          expect(own).toEqual([...own].sort());
        }
      }
      expect(most).toBeLessThanOrEqual(capacity);
    }
  }
});

test('put without room waits until somebody takes', async () => {
  const scheduler = new Scheduler();
  const channel = new Channel<number>(1);
  const log: string[] = [];
  scheduler.spawn(function* () {
    for (const n of [1, 2]) {
      yield channel.put(n);
      log.push(`put ${n}`);
    }
  });
  await scheduler.run(function* () {
    for (let turn = 0; turn < 5; turn++) yield;
    log.push(`size ${channel.size}`);
    log.push(`got ${yield* channel.get()}`);
    yield;
    log.push(`got ${yield* channel.get()}`);
  });
  expect(log).toEqual(['put 1', 'size 1', 'put 2', 'got 1', 'got 2']);
});

test('without waiting', () => {
  const channel = new Channel<number>(1);
  expect(() => channel.getNowait()).toThrow(QueueEmptyError);
  channel.putNowait(1);
  expect(() => channel.putNowait(2)).toThrow(QueueFullError);
  expect(channel.toString()).toBe('Channel (1 of 1)');
  channel.close();
  channel.close();
  expect(() => channel.putNowait(2)).toThrow(ClosedError);
  expect([channel.getNowait(), channel.closed]).toEqual([1, true]);
  expect(() => channel.getNowait()).toThrow(EndOfStreamError);
});

test('close: who waits for an item meets the end, who waits for room does not get in', async () => {
  const scheduler = new Scheduler();
  const empty = new Channel<number>();
  const full = new Channel<number>(1);
  full.putNowait(1);
  const outcomes = [empty.get(), full.put(2)].map((wait) => {
    const task = scheduler.spawn(function* () {
      yield wait;
    });
    return task.promise().catch((error: unknown) => error);
  });
  await scheduler.run(function* () {
    yield;
    empty.close();
    full.close();
    expect(yield* full.get()).toBe(1);
    for (const wait of [full.get(), full.put(3)]) {
      try {
        yield wait;
      } catch (error) {
        outcomes.push(Promise.resolve(error));
      }
    }
  });
  const [end, shut, end2, shut2] = await Promise.all(outcomes);
  for (const each of [end, end2]) expect(each).toBeInstanceOf(EndOfStreamError);
  for (const each of [shut, shut2]) expect(each).toBeInstanceOf(ClosedError);
});

test('capacities that are none', () => {
  for (const wrong of [-1, 1.5, NaN, '3']) expect(() => new Channel(wrong as any)).toThrow(RangeError);
});
