/**
 * What every executor does, wherever its tasks run. A test file calls {@link executorContract} with its executor; one
 * that passes can take the place of any other.
 */
import {
  BrokenExecutorError,
  CancelledError,
  QueueFullError,
  SerializationError,
  ShutdownError,
  collect,
} from '@interleave/core';
import { expect, test } from 'vitest';
import { asCompleted } from './as-completed.js';
import type { Executor, ExecutorOptions } from './executor.js';
import { contractRig } from './fixtures/contract-rig.js';
import { arriveAndWait } from './fixtures/gate.js';
import { capture, divide, noop, pow, raiseError, same, sleep, sqr, workerName } from './fixtures/tasks.js';
import { FIRST_COMPLETED, wait } from './wait.js';

/** What a test file tells about its executor. */
export interface ContractSubject {
  readonly kind: 'coroutine' | 'thread' | 'process';
  make(options?: ExecutorOptions): Executor;
}

/** Registers the tests. */
export function executorContract({ kind, make }: ContractSubject): void {
  const { open, openGate, until } = contractRig(make);

  test('EXE-01 submit returns a future at once', async () => {
    const future = open().submit(pow, 2, 8);
    expect(future.done()).toBe(false);
    expect(await future.result()).toBe(256);
    expect(future.state).toBe('succeeded');
  });

  test('EXE-02 arguments arrive unchanged and in order, also a trailing object', async () => {
    const executor = open();
    expect(await executor.submit(capture, 1, { self: 2, fn: 3 }).result()).toEqual([1, { self: 2, fn: 3 }]);
    expect(await executor.submit(capture).result()).toEqual([]);
    expect(await executor.submit(capture, undefined).result()).toEqual([undefined]);
    expect(await executor.submit(capture, null, 'a', 2n, -0, NaN).result()).toEqual([null, 'a', 2n, -0, NaN]);
  });

  test('EXE-02 EXE-03 what is not a task is refused at once', () => {
    const executor = open();
    for (const bad of [undefined, null, 3, 'f', {}]) {
      expect(() => executor.submit(bad as never)).toThrow(TypeError);
      expect(() => executor.map(bad as never, [1])).toThrow(TypeError);
      expect(() => executor.submitWith({}, bad as never)).toThrow(TypeError);
    }
    expect((): unknown => Reflect.apply(executor.submit, executor, [])).toThrow(/pass a function/);
  });

  test('EXE-04 EXE-50 bad options are refused', () => {
    for (const maxWorkers of [0, -1, 1.5, NaN, Infinity]) expect(() => make({ maxWorkers })).toThrow(RangeError);
    expect(() => make({ maxWorkers: '2' as never })).toThrow(TypeError);
    expect(() => make({ maxQueue: -1 })).toThrow(RangeError);
    expect(() => make({ initializer: 5 as never })).toThrow(TypeError);
    expect(() => make({ initArgs: 5 as never })).toThrow(TypeError);
  });

  test('EXE-06 15 x N blocked tasks: exactly N run at once', async () => {
    const workers = 3;
    const executor = open({ maxWorkers: workers });
    const here = openGate();
    const futures = Array.from({ length: 15 * workers }, (_, id) => executor.submit(arriveAndWait, here.folder, id));
    await until(() => here.arrived() === workers);
    await until(() => futures.filter((future) => future.running()).length === workers);
    expect(here.arrived()).toBe(workers);
    here.open();
    await executor.shutdown();
    expect(await Promise.all(futures.map((future) => future.result()))).toEqual(futures.map((_, id) => id));
  });

  test('NOD-02 F09 a hundred failures that nobody holds, and a hundred that are killed: all are over, none is reported', async () => {
    const executor = open();
    for (let at = 0; at < 100; at += 1) executor.submit(raiseError, 'no');
    const last = executor.submit(raiseError, 'no');
    globalThis.gc?.();
    await expect(last.result()).rejects.toThrow();
    await until(() => executor.stats().failed === 101);
    const here = openGate();
    for (let at = 0; at < 100; at += 1) executor.submit(arriveAndWait, here.folder, at);
    globalThis.gc?.();
    await until(() => here.arrived() > 0);
    here.open();
    await executor.killWorkers();
    const { submitted, succeeded, failed, cancelled } = executor.stats();
    expect(succeeded + failed + cancelled).toBe(submitted);
  });

  test.each([0, 1, 2, 3, 4, 5])('F08 whoever asks %i turns after the submit gets the result', async (turns) => {
    const executor = open();
    const futures = [executor.submit(sqr, 3), executor.submit(sleep, 5), executor.submit(raiseError, 'no')];
    for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    const seen = new Set();
    futures[0]?.addDoneCallback((future) => seen.add(future));
    expect((await wait(futures)).done.size).toBe(3);
    expect((await collect(asCompleted(futures))).length).toBe(3);
    expect(await futures[0]?.result()).toBe(9);
    expect(await futures[2]?.exception()).toBeInstanceOf(Error);
    expect([...seen]).toEqual([futures[0]]);
  });

  test('EXE-09 EXE-14 EXE-28 submit after shutdown is refused, shutdown may be repeated', async () => {
    const executor = open();
    const future = executor.submit(sqr, 3);
    const ends = [executor.shutdown(), executor.shutdown({ wait: false }), executor.shutdown({ cancelFutures: true })];
    expect(() => executor.submit(sqr, 1)).toThrow(ShutdownError);
    expect(() => executor.map(sqr, [1])).toThrow(ShutdownError);
    await Promise.all(ends);
    await executor.shutdown();
    expect(future.done()).toBe(true);
  });

  test('EXE-10 shutdown waits for all tasks', async () => {
    const executor = open({ maxWorkers: 5 });
    const futures = Array.from({ length: 50 }, () => executor.submit(sleep, 5));
    await executor.shutdown();
    expect(futures.every((future) => future.state === 'succeeded')).toBe(true);
  });

  test('EXE-11 shutdown({wait: false}) returns, and queued tasks still run', async () => {
    const executor = open({ maxWorkers: 1 });
    const here = openGate();
    const futures = [0, 1, 2].map((id) => executor.submit(arriveAndWait, here.folder, id));
    await executor.shutdown({ wait: false });
    expect(futures.every((future) => !future.done())).toBe(true);
    here.open();
    expect(await Promise.all(futures.map((future) => future.result()))).toEqual([0, 1, 2]);
    await executor.shutdown();
  });

  test('EXE-12 shutdown({cancelFutures}) cancels what has not begun', async () => {
    const executor = open({ maxWorkers: 2 });
    const here = openGate();
    const futures = Array.from({ length: 20 }, (_, id) => executor.submit(arriveAndWait, here.folder, id));
    await until(() => here.arrived() === 2);
    const end = executor.shutdown({ cancelFutures: true });
    expect(futures.filter((future) => future.cancelled())).toHaveLength(18);
    here.open();
    await end;
    expect(futures.map((future) => future.state).sort()).toEqual([
      ...new Array<string>(18).fill('cancelled'),
      ...new Array<string>(2).fill('succeeded'),
    ]);
  });

  test('EXE-15 cancel right after submit, then shutdown', async () => {
    const executor = open({ maxWorkers: 1 });
    await executor.submit(noop).result();
    const future = executor.submit(noop);
    expect(future.cancel()).toBe(true);
    await executor.shutdown();
    await expect(future.result()).rejects.toThrow(CancelledError);
  });

  test('EXE-16 map and shutdown at once', async () => {
    for (let round = 0; round < (kind === 'coroutine' ? 100 : 5); round++) {
      const executor = open({ maxWorkers: 2 });
      const results = executor.map(String, [1, 2, 3]);
      await executor.shutdown();
      expect(await collect(results)).toEqual(['1', '2', '3']);
    }
  });

  test('EXE-17 disposing waits for outstanding tasks', async () => {
    const executor = open();
    const future = executor.submit(sleep, 5);
    await executor[Symbol.asyncDispose]();
    expect(future.state).toBe('succeeded');
  });

  test('EXE-24 the initializer runs before the first task', async () => {
    const prefix = 'greeting';
    const executor = open({
      maxWorkers: 2,
      initializer: (word: string) => void Reflect.set(globalThis, `${prefix}${1}`, `${word} world`),
      initArgs: ['hello'],
    });
    const read = (): unknown => Reflect.get(globalThis, `${prefix}${1}`);
    expect(await Promise.all([1, 2, 3, 4].map(() => executor.submit(read).result()))).toEqual(
      new Array(4).fill('hello world'),
    );
    Reflect.deleteProperty(globalThis, 'greeting1');
  });

  test('EXE-25 an initializer that throws breaks the executor', async () => {
    const executor = open({ maxWorkers: 2, initializer: () => raiseError('not today') });
    const futures = [1, 2, 3].map(() => executor.submit(noop));
    for (const future of futures) {
      const error = (await future.exception()) as Error;
      expect(error).toBeInstanceOf(BrokenExecutorError);
      expect(error.cause).toBeInstanceOf(RangeError);
      expect((error.cause as Error).message).toBe('not today');
    }
    expect(() => executor.submit(noop)).toThrow(BrokenExecutorError);
    await executor.shutdown();
  });

  test('EXE-28 NOD-04 a failure keeps its class, message and place', async () => {
    const executor = open();
    const error = (await executor.submit(raiseError, '123').exception()) as Error & { cause: Error };
    expect(error).toBeInstanceOf(RangeError);
    expect(error.message).toBe('123');
    const text = kind === 'coroutine' ? error.stack : error.cause.stack;
    expect(text).toContain('raiseError');
    expect(text).toContain('tasks.ts');
    expect(kind === 'coroutine' || !error.cause.stack?.includes('task-loop')).toBe(true);
    const thrown = [{ code: 7 }, 'text', undefined];
    for (const value of thrown) {
      const fail = (what: unknown): never => {
        throw what;
      };
      const future = executor.submit(fail, value);
      await future.exception();
      expect(future.state).toBe('failed');
      expect(await future.exception()).toEqual(value);
    }
  });

  test('EXE-33 20 failing and 20 good tasks', async () => {
    const executor = open({ maxWorkers: 2 });
    const futures = Array.from({ length: 40 }, (_, at) => executor.submit(divide, at, at % 2));
    await wait(futures);
    expect(futures.map((future) => future.state)).toEqual(
      futures.map((_, at) => (at % 2 === 0 ? 'failed' : 'succeeded')),
    );
  });

  test('EXE-35 F15 10,000 submits in one tick', async () => {
    const executor = open({ maxWorkers: 2 });
    const futures = Array.from({ length: 10_000 }, (_, at) => executor.submit(sqr, at));
    const { done } = await wait(futures);
    expect(done.size).toBe(10_000);
    expect(await futures[9_999]?.result()).toBe(9_999 ** 2);
  });

  test('EXE-41 EXE-42 terminateWorkers() ends a task that waits for ever', async () => {
    for (const how of ['terminateWorkers', 'killWorkers'] as const) {
      const executor = open({ maxWorkers: 1 });
      const here = openGate();
      const running = executor.submit(arriveAndWait, here.folder, 0);
      const queued = executor.submit(noop);
      await until(() => here.arrived() === 1);
      const end = executor[how]();
      await expect(running.result()).rejects.toThrow(BrokenExecutorError);
      await expect(queued.result()).rejects.toThrow(BrokenExecutorError);
      expect(() => executor.submit(noop)).toThrow(ShutdownError);
      await end;
      await executor[how]();
      await executor.shutdown();
      await open()[how]();
    }
  });

  test('EXE-45 F15 callbacks may submit again', async () => {
    const executor = open({ maxWorkers: 2 });
    const chain = (length: number): Promise<number> =>
      new Promise((resolve) => {
        const step = (done: number): void => {
          if (done === length) resolve(done);
          else executor.submit(noop).addDoneCallback(() => step(done + 1));
        };
        step(0);
      });
    expect(await Promise.all([chain(100), chain(50), chain(60)])).toEqual([100, 50, 60]);
  });

  test('EXE-50 maxQueue refuses what would exceed it', async () => {
    const executor = open({ maxWorkers: 1, maxQueue: 2 });
    const here = openGate();
    const futures = [0, 1, 2].map((id) => executor.submit(arriveAndWait, here.folder, id));
    expect(() => executor.submit(noop)).toThrow(QueueFullError);
    futures.pop()?.cancel();
    futures.push(executor.submit(arriveAndWait, here.folder, 3));
    here.open();
    expect(await Promise.all(futures.map((future) => future.result()))).toEqual([0, 1, 3]);
  });

  test('NOD-05 a result with a then method is data', async () => {
    const thenable = (): object => ({ then: 'later', value: 5 });
    expect(await open().submit(thenable).result()).toEqual({ then: 'later', value: 5 });
  });

  test('SerializationError is for what travels only', async () => {
    const future = open().submit(same<unknown>, Promise.resolve(1));
    if (kind === 'coroutine') expect(await future.result()).toBe(1);
    else await expect(future.result()).rejects.toThrow(SerializationError);
  });

  test('WAC-02 WAC-12 futures of tasks in wait and asCompleted', async () => {
    const executor = open({ maxWorkers: 2 });
    const here = openGate();
    const slow = executor.submit(arriveAndWait, here.folder, 1);
    const quick = executor.submit(sqr, 2);
    const { done, notDone } = await wait([slow, quick], { returnWhen: FIRST_COMPLETED });
    expect([[...done], [...notDone]]).toEqual([[quick], [slow]]);
    const order = collect(asCompleted([slow, quick]));
    here.open();
    expect(await order).toEqual([quick, slow]);
  });

  test('EXE-22 without a prefix, workers of two executors have distinct names', async () => {
    const names = await Promise.all([open(), open()].map((executor) => executor.submit(workerName).result()));
    expect(new Set(names).size).toBe(2);
    for (const name of names) expect(name).toMatch(/^[A-Z][A-Za-z]+-\d+_0$/);
  });

  test('statistics count every task once, while it waits, runs and is over', async () => {
    const executor = open({ maxWorkers: 1 });
    const door = openGate();
    expect(executor.stats()).toMatchObject({ submitted: 0, waiting: 0, running: 0, succeeded: 0, runTime: 0 });
    const first = executor.submit(arriveAndWait, door.folder, 1);
    const second = executor.submit(raiseError, 'broken');
    const third = executor.submit(noop);
    await until(() => door.arrived() === 1);
    third.cancel();
    expect(executor.stats()).toMatchObject({ submitted: 3, waiting: 1, running: 1, cancelled: 1, workers: 1 });
    door.open();
    await first.result();
    await second.exception();
    const { runTime, ...rest } = executor.stats();
    expect(rest).toMatchObject({ submitted: 3, waiting: 0, running: 0, succeeded: 1, failed: 1, cancelled: 1 });
    expect(runTime).toBeGreaterThan(0);
  });
}
