import { InvalidStateError } from '@interleave/core';
import { record } from '@interleave/timeline';
import { expect, test } from 'vitest';
import { exploreOrders } from './explore-orders.js';
import { randomOrder } from './random-order.js';
import { Scheduler } from './scheduler.js';
import { Semaphore } from './semaphore.js';
import { sleep } from './sleep.js';
import type { Turn } from './turn-watch.js';
import type { Coroutine } from './task.js';

const lostUpdate = (tasks: number) => (scheduler: Scheduler) => {
  let total = 0;
  for (let n = 0; n < tasks; n++) {
    scheduler.spawn(
      function* () {
        const seen = total;
        yield;
        total = seen + 1;
      },
      { name: 'abc'[n] as string },
    );
  }
  return () => total === tasks;
};

test('all orders: as many as the arithmetic says, the wrong ones told, and twice the same', async () => {
  const found = await exploreOrders(lostUpdate(2));
  expect(found).toEqual(await exploreOrders(lostUpdate(2)));
  expect([found.orders, found.wrong, found.exhausted]).toEqual([6, 4, true]);
  expect(found.failures.map(({ turns }) => turns.join(''))).toEqual(['abab', 'abba', 'baba', 'baab']);
  expect(found.failures[0]).toEqual({ turns: ['a', 'b', 'a', 'b'], choices: [0, 0, 0], error: undefined });
  // 6! / (2! 2! 2!) orders of three times two turns; six of them have every task's turns side by side.
  const three = await exploreOrders(lostUpdate(3));
  expect([three.orders, three.wrong, three.failures.length]).toEqual([90, 84, 10]);
  const some = await exploreOrders(lostUpdate(3), { limit: 20 });
  expect([some.orders, some.exhausted]).toEqual([20, false]);
});

test('all orders: what a semaphore keeps together stays together', async () => {
  const found = await exploreOrders((scheduler) => {
    const one = new Semaphore(1);
    let total = 0;
    const add = function* (): Coroutine<void> {
      const seen = total;
      yield;
      total = seen + 1;
    };
    for (let n = 0; n < 3; n++) scheduler.spawn(one.withPermit(add));
    return () => total === 3;
  });
  expect([found.wrong, found.exhausted]).toEqual([0, true]);
});

test('all orders: deadlocks, lost errors and failing checks are wrong; sleeps take no time', async () => {
  const philosophers = await exploreOrders((scheduler) => {
    const forks = [new Semaphore(1), new Semaphore(1)] as const;
    for (const [first, second] of [
      [0, 1],
      [1, 0],
    ] as const) {
      scheduler.spawn(function* () {
        yield* forks[first].withPermit(function* () {
          yield* forks[second].withPermit(function* () {
            yield sleep(3_600_000);
          });
        });
      });
    }
    return () => true;
  });
  expect(philosophers.exhausted).toBe(true);
  expect([philosophers.wrong > 0, philosophers.wrong < philosophers.orders]).toEqual([true, true]);
  expect(philosophers.failures[0]?.error).toBeInstanceOf(InvalidStateError);
  const error = new Error('nobody waits for it');
  const failing = await exploreOrders((scheduler) => {
    scheduler.spawn(function* () {
      yield;
      throw error;
    });
    return () => {};
  });
  expect([failing.orders, failing.wrong, failing.failures[0]?.error]).toEqual([1, 1, error]);
  const throwing = await exploreOrders(() => () => {
    throw error;
  });
  expect(throwing.failures[0]?.error).toBe(error);
});

test('all orders: a program that differs from run to run is found out', async () => {
  let run = 0;
  const found = await exploreOrders((scheduler) => {
    run += 1;
    for (let n = 0; n < (run === 1 ? 2 : 3); n++) {
      scheduler.spawn(function* () {
        yield;
      });
    }
    return () => true;
  });
  expect(String(found.failures[0]?.error)).toContain('take out what differs from run to run');
  await expect(exploreOrders(() => undefined as any)).rejects.toThrow(TypeError);
  await expect(exploreOrders(lostUpdate(2), { limit: 0 })).rejects.toThrow(RangeError);
});

test('at random: the same for the same seed, and every order comes up', async () => {
  const turns = async (seed: number): Promise<string> => {
    let log = '';
    const scheduler = new Scheduler({ order: randomOrder(seed) });
    for (const name of ['a', 'b', 'c']) {
      scheduler.spawn(function* () {
        log += name;
        yield;
        log += name;
      });
    }
    await scheduler.run();
    return log;
  };
  const seen = new Set<string>();
  for (let seed = 0; seed < 2_000; seed++) seen.add(await turns(seed));
  expect(seen.size).toBe(90);
  expect(await turns(7)).toBe(await turns(7));
  expect(() => randomOrder(0.5)).toThrow(RangeError);
});

test('every switch can be watched, and drawn', async () => {
  const seen: Turn[] = [];
  const scheduler = new Scheduler({ onSwitch: (turn) => seen.push(turn) });
  scheduler.spawn(
    function* () {
      yield;
      yield sleep(1);
      throw new Error('x');
    },
    { name: 'a' },
  );
  const timeline = await record(() =>
    scheduler.run(function* main() {
      try {
        yield* scheduler.tasks[0] ?? [];
      } catch {
        // Seen.
      }
    }),
  );
  expect(seen.map(({ task, state, waitsFor }) => `${task.name} ${state} ${waitsFor ?? ''}`.trim())).toEqual([
    'a ready',
    'main waiting task "a"',
    'a waiting sleep(1)',
    'a failed',
    'main succeeded',
  ]);
  expect(seen.every(({ start, end }) => start <= end)).toBe(true);
  expect(timeline.spans.map(({ lane, state }) => `${lane} ${state}`)).toEqual([
    'a succeeded',
    'main succeeded',
    'a succeeded',
    'a failed',
    'main succeeded',
  ]);
});
