import { CancelledError, InvalidStateError, setUncaughtHandler, systemClock } from '@interleave/core';
import { expectNothingLeft, VirtualClock } from '@interleave/testing';
import { afterEach, beforeEach, expect, expectTypeOf, test } from 'vitest';
import { promised } from './promised.js';
import { Scheduler, type SchedulerOptions } from './scheduler.js';
import { sleep } from './sleep.js';
import type { Coroutine, Task } from './task.js';

let lost: [unknown, string][] = [];
let before: ReturnType<typeof setUncaughtHandler>;
beforeEach(() => {
  lost = [];
  before = setUncaughtHandler((error, { where }) => void lost.push([error, where]));
});
afterEach(() => void setUncaughtHandler(before));

/** Says its name at every turn. */
const says = function* (log: string[], name: string, turns: number): Coroutine<string> {
  for (let turn = 1; turn <= turns; turn++) {
    log.push(`${name}${turn}`);
    yield;
  }
  return name;
};

const onVirtualTime = async <T>(
  body: (scheduler: Scheduler, clock: VirtualClock) => Promise<T>,
  options = {},
): Promise<T> => {
  const clock = new VirtualClock();
  return clock.run(() => body(new Scheduler({ clock, ...options }), clock));
};

test('tasks take turns in the order they came, and the run ends when all are over', async () => {
  const scheduler = new Scheduler();
  const log: string[] = [];
  const a = scheduler.spawn(says(log, 'a', 3));
  scheduler.spawn(says(log, 'b', 2));
  expect([log, a.state, scheduler.tasks.length]).toEqual([[], 'ready', 2]);
  await expectNothingLeft(() => scheduler.run());
  expect(log).toEqual(['a1', 'b1', 'a2', 'b2', 'a3']);
  expect([a.state, a.result, scheduler.tasks, scheduler.current]).toEqual(['succeeded', 'a', [], undefined]);
  await scheduler.run();
});

test('a body gets what it waits for, with its type', async () => {
  const scheduler = new Scheduler();
  const value = await scheduler.run(function* () {
    const child = scheduler.spawn(function* () {
      yield sleep(1);
      return 'text';
    });
    const text = yield* child;
    expectTypeOf(text).toEqualTypeOf<string>();
    const again = yield* child;
    const number = yield* promised(Promise.resolve(5));
    expectTypeOf(number).toEqualTypeOf<number>();
    const untyped = yield Promise.resolve('plain');
    expect(scheduler.current?.name).toBe('task-1');
    yield* sleep(0);
    return [text, again, number, untyped];
  });
  expect(value).toEqual(['text', 'text', 5, 'plain']);
});

test('sleepers wake by their time, equal ones as they came, by any clock, and never early', async () => {
  const log: string[] = [];
  const naps = function* (scheduler: Scheduler, clock: { now(): number }): Coroutine<void> {
    for (const [name, delay] of [
      ['c', 20.5],
      ['a', 10],
      ['d', 20.5],
      ['b', 20.25],
    ] as const) {
      scheduler.spawn(function* () {
        const began = clock.now();
        yield sleep(delay);
        log.push(clock.now() - began >= delay ? name : `${name} is early`);
      });
    }
    yield;
  };
  await onVirtualTime(async (scheduler, clock) => scheduler.run(naps(scheduler, clock)));
  expect(log.splice(0)).toEqual(['a', 'b', 'c', 'd']);
  const scheduler = new Scheduler();
  await scheduler.run(naps(scheduler, performance));
  // Their times differ by less than what may pass between two of them going to sleep.
  expect(log.sort()).toEqual(['a', 'b', 'c', 'd']);
});

test('an hour of timers passes in no time under the virtual clock', async () => {
  const ticks = await onVirtualTime(async (scheduler, clock) => {
    let seen = 0;
    const ticker = function* (every: number): Coroutine<void> {
      while (clock.now() < 3_600_000) {
        yield sleep(every);
        seen += 1;
      }
    };
    for (const every of [1_000, 60_000, 333]) scheduler.spawn(ticker(every));
    await scheduler.run();
    return [seen, clock.now()];
  });
  expect(ticks).toEqual([3_600 + 60 + 10_811, 3_600_063]);
});

test('priorities: the higher goes first, and nobody starves', async () => {
  const scheduler = new Scheduler();
  const log: string[] = [];
  scheduler.spawn(says(log, 'low', 2), { priority: -1 });
  scheduler.spawn(says(log, 'mid', 1));
  scheduler.spawn(says(log, 'high', 200), { priority: 5 });
  await scheduler.run();
  expect(log[0]).toBe('high1');
  const at = (name: string): number => log.indexOf(name);
  expect(at('mid1')).toBeLessThan(at('low1'));
  expect(at('low1')).toBeLessThanOrEqual(66);
  expect(at('low2')).toBeLessThan(at('high200'));
});

test('errors: who waits gets them, the others go on, and what nobody waited for is told once', async () => {
  const scheduler = new Scheduler();
  const log: string[] = [];
  const failing = function* (message: string): Coroutine<never> {
    yield;
    throw new Error(message);
  };
  const seen = await scheduler.run(function* () {
    const looked = scheduler.spawn(failing('seen'));
    scheduler.spawn(failing('lost'), { name: 'loser' });
    const late = scheduler.spawn(failing('seen late'));
    const other = scheduler.spawn(says(log, 'x', 5));
    const errors: unknown[] = [];
    for (const each of [looked, other, late]) {
      try {
        yield* each;
      } catch (error) {
        errors.push((error as Error).message);
      }
    }
    return errors;
  });
  expect([seen, log.length]).toEqual([['seen', 'seen late'], 5]);
  expect(lost).toHaveLength(1);
  expect(lost[0]).toEqual([new Error('lost'), 'task "loser" of a Scheduler, for which nobody waited']);
  await scheduler.run();
  expect(lost).toHaveLength(1);
  await expect(scheduler.run(failing('of main'))).rejects.toThrow('of main');
  expect(lost).toHaveLength(1);
});

test('what cannot be waited for is a TypeError in the task, at its yield; others go on', async () => {
  const scheduler = new Scheduler();
  const inner = function* (): Coroutine<number> {
    yield;
    return 1;
  };
  const messages = await scheduler.run(function* () {
    const all: string[] = [];
    for (const wrong of [5, 'text', null, [1], {}, inner, inner(), Symbol('s'), false]) {
      try {
        yield wrong;
        all.push('no error');
      } catch (error) {
        expect(error).toBeInstanceOf(TypeError);
        all.push((error as Error).message.replace(/^Cannot wait for /, ''));
      }
    }
    return all;
  });
  const hint = ': yield a task, a promise, sleep(ms) or nothing';
  expect(messages).toEqual([
    `5${hint}`,
    `'text'${hint}`,
    `null${hint}`,
    `[ 1 ]${hint}`,
    `{}${hint}`,
    `[GeneratorFunction: inner]${hint}`,
    'a generator: write yield* to run it here, or spawn it and yield the task',
    `Symbol(s)${hint}`,
    `false${hint}`,
  ]);
});

test('a task that waits for itself, or for one of another scheduler, is told so', async () => {
  const scheduler = new Scheduler();
  const elsewhere = new Scheduler().spawn(says([], 'e', 1));
  const self: Task<unknown> = scheduler.spawn(function* me() {
    yield* self;
  });
  const other = scheduler.spawn(function* () {
    yield* elsewhere;
  });
  await scheduler.run();
  expect([self.error, other.error]).toEqual([
    new InvalidStateError('Cannot wait for task "me": it would wait for itself, for ever'),
    new InvalidStateError('Cannot wait for task "task-1": it belongs to another scheduler; wait for its promise()'),
  ]);
});

test('arguments that are none', async () => {
  const scheduler = new Scheduler();
  expect(() => sleep(-1)).toThrow(RangeError);
  expect(() => sleep(NaN)).toThrow(RangeError);
  expect(() => sleep('5' as any)).toThrow(TypeError);
  expect(() => sleep(undefined as any)).toThrow(TypeError);
  for (const wrong of [undefined, 5, () => 5, async () => 5, [1]]) {
    expect(() => scheduler.spawn(wrong as any), String(wrong)).toThrow(TypeError);
  }
  expect(() => scheduler.spawn(says([], '', 1), { priority: NaN })).toThrow(RangeError);
  for (const wrong of [{ slice: -1 }, { slice: '5' }, { onDeadlock: 'no' }]) {
    expect(() => new Scheduler(wrong as any), JSON.stringify(wrong)).toThrow(RangeError);
  }
  expect(() => new Scheduler({ order: 'fifo' as any })).toThrow(TypeError);
  expect(scheduler.tasks).toEqual([]);
  const running = scheduler.run(says([], '', 2));
  await expect(scheduler.run()).rejects.toThrow(InvalidStateError);
  await running;
});

test('a sleep is for one task at a time, and can be used again', async () => {
  await onVirtualTime(async (scheduler, clock) => {
    const nap = sleep(10);
    const twice = scheduler.spawn(function* () {
      yield nap;
      yield nap;
      return clock.now();
    });
    const other = scheduler.spawn(function* () {
      yield nap;
    });
    await scheduler.run();
    expect([twice.result, (other.error as Error).message]).toEqual([
      20,
      'Cannot sleep(10): task "task-1" does; make one for each task',
    ]);
  });
});

test('the event loop has its turns while tasks are busy, and while they wait for promises that are there', async () => {
  const options: SchedulerOptions[] = [{}, { slice: 0 }];
  for (const option of options) {
    for (const what of [undefined, Promise.resolve()]) {
      const scheduler = new Scheduler(option);
      let turned = false;
      await scheduler.run(function* () {
        setImmediate(() => (turned = true));
        while (!turned) yield what;
      });
      expect(turned).toBe(true);
    }
  }
});

test('a sleeper whose time has come does not stand behind all that are ready', async () => {
  let now = 0;
  const scheduler = new Scheduler({ clock: { ...systemClock, now: () => now }, slice: Infinity });
  const log: string[] = [];
  scheduler.spawn(function* () {
    yield sleep(5);
    log.push('woken');
  });
  for (let n = 0; n < 1_000; n++) {
    scheduler.spawn(function* () {
      now += 1;
      log.push('new');
      yield;
    });
  }
  await scheduler.run();
  expect(log.indexOf('woken')).toBeGreaterThanOrEqual(5);
  expect(log.indexOf('woken')).toBeLessThan(100);
});

test('timers are served while others are busy', async () => {
  const scheduler = new Scheduler({ slice: Infinity });
  let over = false;
  scheduler.spawn(function* () {
    while (!over) yield;
  });
  await scheduler.run(function* () {
    yield sleep(3);
    over = true;
  });
});

test('tasks can be spawned from outside, while the run waits', async () => {
  const scheduler = new Scheduler();
  const log: string[] = [];
  let go = (): void => {};
  const gate = new Promise<void>((resolve) => (go = resolve));
  const running = scheduler.run(function* () {
    yield gate;
    log.push('gate');
  });
  await new Promise((resolve) => setImmediate(resolve));
  const inner = scheduler.spawn(says(log, 'x', 1));
  expect(await inner.promise()).toBe('x');
  go();
  await running;
  expect(log).toEqual(['x1', 'gate']);
});

test('an aborted signal cancels every task, and the run fails when they are over', async () => {
  const scheduler = new Scheduler();
  const controller = new AbortController();
  const log: string[] = [];
  const patient = function* (): Coroutine<void> {
    try {
      yield sleep(Infinity);
    } finally {
      yield;
      log.push('cleaned up');
    }
  };
  const running = scheduler.run(
    function* () {
      const child = scheduler.spawn(patient);
      yield* child;
    },
    { signal: controller.signal },
  );
  await new Promise((resolve) => setImmediate(resolve));
  const reason = new Error('enough');
  controller.abort(reason);
  await expect(running).rejects.toMatchObject({ name: 'CancelledError', reason });
  expect([log, lost]).toEqual([['cleaned up'], []]);
  await expect(scheduler.run(patient, { signal: controller.signal })).rejects.toThrow(CancelledError);
  expect(scheduler.tasks).toEqual([]);
});

test('an error of main goes before the abort that caused it', async () => {
  const scheduler = new Scheduler();
  const controller = new AbortController();
  const running = scheduler.run(
    function* () {
      try {
        yield sleep(Infinity);
      } finally {
        // eslint-disable-next-line no-unsafe-finally -- a body that fails while it cleans up
        throw new RangeError('while cleaning up');
      }
    },
    { signal: controller.signal },
  );
  await new Promise((resolve) => setImmediate(resolve));
  controller.abort();
  await expect(running).rejects.toThrow('while cleaning up');
});
