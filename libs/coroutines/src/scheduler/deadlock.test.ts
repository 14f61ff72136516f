import { InvalidStateError, setUncaughtHandler } from '@interleave/core';
import { expectNothingLeft } from '@interleave/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Channel } from './channel.js';
import { Scheduler } from './scheduler.js';
import { Semaphore } from './semaphore.js';
import { sleep } from './sleep.js';
import type { Task } from './task.js';

const lost: unknown[] = [];
let before: ReturnType<typeof setUncaughtHandler>;
beforeEach(() => void (before = setUncaughtHandler((error) => void lost.push(error))));
afterEach(() => {
  setUncaughtHandler(before);
  expect(lost).toEqual([]);
});

test('when all wait and nothing can wake one, the run ends with an error that names them, and they clean up', async () => {
  const scheduler = new Scheduler();
  const log: string[] = [];
  const pair: Task[] = [];
  for (const name of ['a', 'b']) {
    pair.push(
      scheduler.spawn(
        function* () {
          try {
            yield pair[name === 'a' ? 1 : 0];
          } finally {
            yield sleep(1);
            log.push(name);
          }
        },
        { name },
      ),
    );
  }
  const running = expectNothingLeft(() => scheduler.run());
  await expect(running).rejects.toThrow(
    'Cannot go on: every task waits, and nothing can wake one: "a" waits for task "b", "b" waits for task "a"',
  );
  expect([log, pair.map(({ state }) => state), scheduler.tasks]).toEqual([['a', 'b'], ['cancelled', 'cancelled'], []]);
  expect(
    await scheduler.run(function* () {
      yield;
      return 'usable again';
    }),
  ).toBe('usable again');
});

test('who waits again for what never comes is left where it stands', async () => {
  const scheduler = new Scheduler();
  const semaphore = new Semaphore(0);
  const stubborn = scheduler.spawn(function* () {
    for (;;) {
      try {
        yield* semaphore.acquire();
      } catch {
        // Once more.
      }
    }
  });
  await expect(scheduler.run()).rejects.toThrow(InvalidStateError);
  expect([stubborn.state, scheduler.tasks]).toEqual(['cancelled', []]);
  const later = scheduler.spawn(function* () {
    yield;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(later.state).toBe('ready');
  await scheduler.run();
  expect(later.state).toBe('succeeded');
  semaphore.release();
});

test('the error of main goes before that of those who wait for it', async () => {
  const scheduler = new Scheduler();
  const channel = new Channel<number>();
  const running = scheduler.run(function* () {
    scheduler.spawn(function* () {
      yield channel.get();
    });
    yield;
    throw new RangeError('of main');
  });
  await expect(running).rejects.toThrow('of main');
});

test('a scheduler that is fed from outside can wait', async () => {
  const scheduler = new Scheduler({ onDeadlock: 'wait' });
  const channel = new Channel<number>();
  const running = scheduler.run(function* () {
    return yield* channel.get();
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(scheduler.tasks).toHaveLength(1);
  channel.putNowait(7);
  expect(await running).toBe(7);
});

test('an order or a watcher that throws ends the run, and nothing is left', async () => {
  const broken = [
    new Scheduler({ order: () => 5 }),
    new Scheduler({
      onSwitch: () => {
        throw new RangeError('watcher');
      },
    }),
  ];
  for (const scheduler of broken) {
    for (let n = 0; n < 3; n++) {
      scheduler.spawn(function* () {
        yield;
        yield sleep(1_000);
      });
    }
    await expect(expectNothingLeft(() => scheduler.run())).rejects.toThrow(RangeError);
    expect(scheduler.tasks).toEqual([]);
  }
});
