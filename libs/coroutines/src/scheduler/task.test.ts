import { CancelledError, InvalidStateError } from '@interleave/core';
import { expectNothingLeft, VirtualClock } from '@interleave/testing';
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { Channel } from './channel.js';
import { Scheduler } from './scheduler.js';
import { Semaphore } from './semaphore.js';
import { sleep } from './sleep.js';
import type { Coroutine, Task } from './task.js';
import { Wait } from './wait.js';

const forever = function* (log: string[] = []): Coroutine<string> {
  try {
    yield sleep(Infinity);
    return 'never';
  } finally {
    log.push('finally');
  }
};

test('cancel: thrown where it waits; finally runs; the joiner gets it, with the reason', async () => {
  const scheduler = new Scheduler();
  const log: string[] = [];
  const task = scheduler.spawn(forever(log));
  const reason = { why: 'test' };
  const error = await scheduler.run(function* () {
    yield;
    expect(task.state).toBe('waiting');
    expect(task.cancel(reason)).toBe(true);
    try {
      yield* task;
    } catch (error) {
      return error;
    }
    return undefined;
  });
  expect(error).toBeInstanceOf(CancelledError);
  expect(error).toMatchObject({ reason, message: 'Task "task-1" was cancelled' });
  expect([task.state, log, task.cancel()]).toEqual(['cancelled', ['finally'], false]);
  expect(() => task.result).toThrow(CancelledError);
});

test('cancel: before its first turn a task never begins; a running one meets it at its next yield', async () => {
  const scheduler = new Scheduler();
  const log: string[] = [];
  const unborn = scheduler.spawn(forever(log));
  unborn.cancel();
  const self: Task<void> = scheduler.spawn(function* () {
    self.cancel();
    log.push('still here');
    yield sleep(5);
    log.push('not here');
  });
  await scheduler.run();
  expect([unborn.state, self.state, log]).toEqual(['cancelled', 'cancelled', ['still here']]);
});

test('cancel: a task may catch it and go on', async () => {
  const scheduler = new Scheduler();
  const task = scheduler.spawn(function* () {
    try {
      yield sleep(Infinity);
    } catch {
      yield;
    }
    return 'stubborn';
  });
  await scheduler.run(function* () {
    yield;
    task.cancel();
  });
  expect([task.state, task.result]).toEqual(['succeeded', 'stubborn']);
});

test('cancel: what was handed to a task that was woken is not lost', async () => {
  const scheduler = new Scheduler();
  const channel = new Channel<string>();
  const got: string[] = [];
  const getter = scheduler.spawn(function* () {
    got.push(yield* channel.get());
    got.push(yield* channel.get());
  });
  await scheduler.run(function* () {
    yield;
    channel.putNowait('one');
    getter.cancel();
    yield;
    yield;
  });
  expect([got, getter.state]).toEqual([['one'], 'cancelled']);
});

test('cancel in every kind of wait takes the registration out again', async () => {
  const clock = new VirtualClock();
  const scheduler = new Scheduler({ clock });
  const channel = new Channel<number>();
  const semaphore = new Semaphore(0);
  const child = scheduler.spawn(forever, { name: 'child' });
  const never = new Promise(() => {});
  const bodies = [sleep(1_000), channel.get(), semaphore.acquire(), child, never].map((what) =>
    scheduler.spawn(function* () {
      yield what;
    }),
  );
  await expectNothingLeft(() =>
    clock.run(() =>
      scheduler.run(function* () {
        yield;
        expect(bodies.map(({ waitsFor }) => String(waitsFor))).toEqual([
          'sleep(1000)',
          'an item of Channel (0 of 0)',
          'a permit of Semaphore (0 free)',
          'task "child"',
          'a promise',
        ]);
        for (const each of bodies) each.cancel();
        for (let turn = 0; turn < 3; turn++) yield;
        expect(bodies.map(({ state }) => state)).toEqual(new Array(5).fill('cancelled'));
        expect(() => channel.putNowait(1)).toThrow('Cannot put into the Channel: its 0 places are taken');
        child.cancel();
      }),
    ),
  );
  expect([clock.now(), clock.pending]).toEqual([0, 0]);
});

test('promise(): for code that is no task; nobody is told of a rejection that nobody looks at', async () => {
  const scheduler = new Scheduler();
  const good = scheduler.spawn(function* () {
    yield;
    return 1;
  });
  const bad = scheduler.spawn(function* () {
    yield;
    throw new RangeError('bad');
  });
  expect(good.promise()).toBe(good.promise());
  const unseen = bad.promise();
  await scheduler.run();
  expect(await good.promise()).toBe(1);
  await new Promise((resolve) => setImmediate(resolve));
  await expect(unseen).rejects.toThrow(RangeError);
  await expect(bad.promise()).rejects.toThrow(RangeError);
});

test('what a task shows', async () => {
  const scheduler = new Scheduler();
  const named = scheduler.spawn(forever(), { name: 'reader' });
  const waiter = scheduler.spawn(function* waits() {
    yield named;
  });
  const seen = waiter.promise();
  expect([inspect(named), named.toString(), named.done]).toEqual(['Task "reader" (ready)', 'task "reader"', false]);
  expect(() => named.result).toThrow(InvalidStateError);
  expect(named.error).toBeUndefined();
  await scheduler.run(function* () {
    yield;
    expect(inspect(waiter)).toBe('Task "waits" (waiting for task "reader")');
    named.cancel();
  });
  expect([inspect(named), inspect(waiter)]).toEqual(['Task "reader" (cancelled)', 'Task "waits" (failed)']);
  await expect(seen).rejects.toThrow(CancelledError);
});

test("a wait of one's own: woken by whoever has the task, once, and let go when it is cancelled", async () => {
  class Bell extends Wait<string> {
    readonly waiting = new Set<Task>();

    override get outside(): boolean {
      return true;
    }

    arm(task: Task): void {
      this.waiting.add(task);
    }

    disarm(task: Task): void {
      this.waiting.delete(task);
    }

    ring(text: string): boolean[] {
      const woken = [...this.waiting].map((task) => task.wake(this, text));
      return [...woken, ...[...this.waiting].map((task) => task.wake(this, 'twice'))];
    }

    override toString(): string {
      return 'a bell';
    }
  }
  const scheduler = new Scheduler();
  const bell = new Bell();
  const listener = scheduler.spawn(function* () {
    return yield* bell;
  });
  const gone = scheduler.spawn(function* () {
    yield bell;
  });
  const running = scheduler.run();
  await new Promise((resolve) => setImmediate(resolve));
  expect(inspect(listener)).toBe('Task "task-1" (waiting for a bell)');
  gone.cancel();
  expect(bell.ring('ding')).toEqual([true, false]);
  await running;
  expect([listener.result, gone.state]).toEqual(['ding', 'cancelled']);
});

test('what arm throws is thrown into the task, at its yield', async () => {
  class Broken extends Wait<never> {
    arm(): never {
      throw new RangeError('no such bell');
    }

    disarm(): void {}

    override toString(): string {
      return 'a broken bell';
    }
  }
  const seen = await new Scheduler().run(function* () {
    try {
      yield new Broken();
    } catch (error) {
      return error;
    }
    return undefined;
  });
  expect(seen).toEqual(new RangeError('no such bell'));
});
