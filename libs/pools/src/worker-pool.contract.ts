/** What executors with real workers do, threads and processes alike, above all when a worker dies. */
import { availableParallelism } from 'node:os';
import {
  BrokenExecutorError,
  QueueFullError,
  SerializationError,
  ShutdownError,
  WorkerExitError,
  collect,
  setUncaughtHandler,
} from '@interleave/core';
import { fromTransfer, toTransfer } from '@interleave/transfer';
import { startProcess, startThread, type StartWorkerOptions, type WorkerHandle } from '@interleave/workers';
import { afterEach, expect, test, vi } from 'vitest';
import { WORKER_STARTER, type WithStarter } from './dispatcher/starter.js';
import type { Executor } from './executor.js';
import { deaths } from './fixtures/deaths.js';
import { arriveAndWait, gate, type Gate } from './fixtures/gate.js';
import { burn, capture, divide, exitWith, noop, same, sleep, sqr, whereAmI, workerName } from './fixtures/tasks.js';
import type { Future } from './future.js';
import { wait } from './wait.js';
import type { WorkerPoolOptions } from './worker-pool-options.js';

/** What a test file tells about its executor. */
export interface WorkerPoolSubject {
  readonly kind: 'thread' | 'process';
  make(options?: WorkerPoolOptions & WithStarter): Executor;
}

/** Registers the tests. */
export function workerPoolContract({ kind, make }: WorkerPoolSubject): void {
  const opened: Executor[] = [];
  const gates: Gate[] = [];
  const handles: WorkerHandle[] = [];
  const start = kind === 'thread' ? startThread : startProcess;

  /** An executor whose workers are counted. */
  function open(options: WorkerPoolOptions = {}): Executor {
    const counting = (given: StartWorkerOptions): WorkerHandle => {
      const handle = start(given);
      handles.push(handle);
      return handle;
    };
    const executor = make({ ...options, [WORKER_STARTER]: counting });
    opened.push(executor);
    return executor;
  }
  function openGate(): Gate {
    const made = gate();
    gates.push(made);
    return made;
  }
  const alive = (): number => handles.filter((handle) => handle.alive).length;
  const until = (condition: () => boolean): Promise<unknown> =>
    vi.waitFor(() => expect(condition()).toBe(true), { timeout: 8_000, interval: 2 });

  afterEach(async () => {
    for (const each of gates.splice(0)) {
      each.open();
      each.close();
    }
    await Promise.all(opened.splice(0).map((executor) => executor.killWorkers()));
    // I2: nothing is left.
    expect(alive()).toBe(0);
    handles.length = 0;
  });

  test('EXE-05 the default number of workers', () => {
    const cpus = availableParallelism();
    expect(open().maxWorkers).toBe(kind === 'thread' ? Math.min(32, cpus + 4) : cpus);
    expect(handles).toHaveLength(0);
  });

  test('EXE-07 an idle worker is used again', async () => {
    const executor = open({ maxWorkers: 3 });
    for (const n of [1, 2, 3]) expect(await executor.submit(sqr, n).result()).toBe(n * n);
    expect(handles).toHaveLength(1);
  });

  test('EXE-08 six submits, every second one awaited: at most three workers', async () => {
    const executor = open({ maxWorkers: 5 });
    for (let round = 0; round < 3; round++) {
      executor.submit(sqr, 1);
      await executor.submit(sqr, 2).result();
    }
    expect(handles.length).toBeLessThanOrEqual(3);
  });

  test('EXE-21 worker names', async () => {
    const executor = open({ maxWorkers: 3, threadNamePrefix: 'SpecialPool' });
    const here = openGate();
    const name = async (folder: string, id: number): Promise<string> => {
      await arriveAndWait(folder, id);
      return workerName();
    };
    const futures = [0, 1, 2].map((id) => executor.submit(name, here.folder, id));
    await until(() => here.arrived() === 3);
    here.open();
    const names = await Promise.all(futures.map((future) => future.result()));
    expect(names.sort()).toEqual(['SpecialPool_0', 'SpecialPool_1', 'SpecialPool_2']);
    expect(() => make({ threadNamePrefix: 5 as never })).toThrow(TypeError);
  });

  test('EXE-29 NOD-11 what cannot travel fails alone, with its path, before anything is sent', async () => {
    const executor = open({ maxWorkers: 1 });
    const here = await executor.submit(whereAmI).result();
    for (const bad of [Symbol('s'), new WeakMap(), Promise.resolve(1), new Proxy({}, {})]) {
      const future = executor.submit(same<unknown>, { deep: [bad] });
      expect(future.state).toBe('failed');
      const error = (await future.exception()) as SerializationError;
      expect(error).toBeInstanceOf(SerializationError);
      expect(error.path).toContain('deep');
      expect(error.message).toContain('same');
    }
    const socketLike = Promise.resolve();
    const closure = executor.submit(() => socketLike);
    await expect(closure.result()).rejects.toMatchObject({ name: 'SerializationError' });
    expect(await executor.submit(whereAmI).result()).toBe(here);
  });

  test('EXE-30 an argument that cannot be rebuilt fails alone', async () => {
    class Fragile {
      static [fromTransfer](): Fragile {
        throw new Error('broke on the way');
      }
      [toTransfer](): string {
        return 'parts';
      }
    }
    const executor = open({ maxWorkers: 1 });
    const here = await executor.submit(whereAmI).result();
    const futures = [executor.submit(same<unknown>, new Fragile()), executor.submit(whereAmI)];
    await expect(futures[0]?.result()).rejects.toThrow(SerializationError);
    await expect(futures[0]?.result()).rejects.toThrow('broke on the way');
    expect(await futures[1]?.result()).toBe(here);
  });

  test('NOD-04 a result that cannot travel fails alone', async () => {
    const executor = open({ maxWorkers: 1 });
    const here = await executor.submit(whereAmI).result();
    const bad = [(): unknown => Symbol('s'), (): unknown => ({ deep: new WeakMap() })];
    for (const task of bad) await expect(executor.submit(task).result()).rejects.toThrow(SerializationError);
    const throwsSymbol = (): never => {
      throw Symbol('s');
    };
    expect(await executor.submit(throwsSymbol).exception()).toBeInstanceOf(SerializationError);
    expect(await executor.submit(whereAmI).result()).toBe(here);
  });

  test('NOD-11 types survive the round trip', async () => {
    const cyclic: { self?: unknown; n: number } = { n: 1 };
    cyclic.self = cyclic;
    const values = [12n, new Map([[{ a: 1 }, new Set([1])]]), new Date(5), /x/gi, new Float64Array([1, NaN]), cyclic];
    const back = await open()
      .submit(capture, ...values)
      .result();
    expect(back).toEqual(values);
  });

  test('two tasks of one turn never share an object', async () => {
    const executor = open({ maxWorkers: 1 });
    await executor.submit(noop).result();
    const shared = { list: [0] };
    const grow = (value: { list: number[] }): number => value.list.push(1);
    const futures = Array.from({ length: 50 }, () => executor.submit(grow, shared));
    expect(await Promise.all(futures.map((future) => future.result()))).toEqual(new Array(50).fill(2));
    const config = { n: 1 };
    const results = await collect(executor.map(() => config, new Array(20).fill(0)));
    expect(new Set(results).size).toBe(20);
  });

  test('NOD-12 a transferred buffer is gone here and present there', async () => {
    const executor = open({ maxWorkers: 1 });
    const buffer = new Uint8Array([1, 2, 3]).buffer;
    const length = (given: ArrayBuffer): number => given.byteLength;
    const future = executor.submitWith({ transfer: [buffer] }, length, buffer);
    expect(buffer.byteLength).toBe(0);
    expect(await future.result()).toBe(3);
    const twice = new ArrayBuffer(8);
    const refused = executor.submitWith({ transfer: [twice, twice] }, length, twice);
    await expect(refused.result()).rejects.toThrow(SerializationError);
    expect(twice.byteLength).toBe(8);
  });

  test('EXE-32 EXE-27 a task that exits breaks the executor, and says which worker', async () => {
    for (const code of [0, 1, 99]) {
      const executor = open({ maxWorkers: 1 });
      const running = executor.submit(exitWith, code);
      const queued = executor.submit(sqr, 2);
      const error = (await running.exception()) as WorkerExitError;
      expect(error).toBeInstanceOf(WorkerExitError);
      expect(error).toMatchObject({ exitCode: code, signal: null, code: 'ERR_WORKER_EXIT' });
      expect(error.message).toMatch(/task "exitWith": its worker \w+-\d+_0 \((pid|thread) \d+\) exited with code/);
      expect(await queued.exception()).toBeInstanceOf(BrokenExecutorError);
      expect(() => executor.submit(sqr, 2)).toThrow(BrokenExecutorError);
      await executor.shutdown();
    }
  });

  test('F01 every future settles, whenever the worker dies', async () => {
    for (const [moment, task] of Object.entries(deaths)) {
      const executor = open({ maxWorkers: 2 });
      const futures = [executor.submit(task), ...Array.from({ length: 20 }, () => executor.submit(sleep, 1))];
      await wait(futures, { timeout: 5_000 });
      expect([moment, futures.every((future) => future.done())]).toEqual([moment, true]);
      expect([moment, await futures[0]?.exception()]).toEqual([moment, expect.any(WorkerExitError)]);
      await executor.shutdown();
    }
  });

  test('EXE-34 a crashing task and shutdown right away', async () => {
    const executor = open({ maxWorkers: 1 });
    const future = executor.submit(exitWith, 1);
    await executor.shutdown();
    await expect(future.result()).rejects.toThrow(BrokenExecutorError);
  });

  test('EXE-36 F12 maxTasksPerChild: a worker is replaced after its share', async () => {
    const executor = open({ maxWorkers: 1, maxTasksPerChild: 3 });
    const places: string[] = [];
    for (let at = 0; at < 7; at++) {
      places.push(await executor.submit(whereAmI).result());
      expect(alive()).toBeLessThanOrEqual(1);
    }
    expect(new Set(places.slice(0, 3)).size).toBe(1);
    expect(new Set(places.slice(3, 6)).size).toBe(1);
    expect(new Set(places).size).toBe(3);
    for (const bad of [0, -1, 0.5]) expect(() => make({ maxTasksPerChild: bad })).toThrow(RangeError);
    expect(() => make({ maxTasksPerChild: '12' as never })).toThrow(TypeError);
  });

  test('EXE-37 EXE-38 F12 recycling and shutdown at once', async () => {
    for (const [maxWorkers, limit, count] of [
      [3, 1, 6],
      [1, 1, 3],
      [2, 2, 9],
    ] as const) {
      const executor = open({ maxWorkers, maxTasksPerChild: limit });
      const futures = Array.from({ length: count }, (_, at) => executor.submit(sqr, at));
      await executor.shutdown({ wait: maxWorkers !== 1 });
      expect(await Promise.all(futures.map((future) => future.result()))).toEqual(futures.map((_, at) => at * at));
      await executor.shutdown();
    }
  });

  test('EXE-39 EXE-40 F14 a worker that cannot be started breaks the executor', async () => {
    for (const good of [0, 1]) {
      let starts = 0;
      const failing = (options: StartWorkerOptions): WorkerHandle => {
        if (starts++ >= good) throw new Error('no more threads');
        const handle = start(options);
        handles.push(handle);
        return handle;
      };
      const executor = make({ maxWorkers: 1, maxTasksPerChild: 1, [WORKER_STARTER]: failing });
      opened.push(executor);
      const futures = [1, 2, 3].map((n) => executor.submit(sqr, n));
      await wait(futures);
      const failed = futures.slice(good);
      for (const future of failed) {
        const error = (await future.exception()) as Error;
        expect(error).toBeInstanceOf(BrokenExecutorError);
        expect(error.message).toContain('could not be started: no more threads');
      }
      expect(starts).toBe(good + 1);
      await executor.shutdown();
    }
  });

  test('EXE-48 F29 an error after the task is over replaces the worker and loses nothing', async () => {
    const executor = open({ maxWorkers: 1 });
    const errors: unknown[] = [];
    executor.on('error', (error) => errors.push(error));
    const leaveTrap = (): string => {
      setTimeout(() => {
        throw new RangeError('late');
      }, 1);
      return 'fine';
    };
    const future = executor.submit(leaveTrap);
    expect(await future.result()).toBe('fine');
    await until(() => errors.length === 1);
    expect(errors[0]).toBeInstanceOf(RangeError);
    expect(await executor.submit(sqr, 5).result()).toBe(25);
    expect(handles).toHaveLength(2);
    expect(await future.result()).toBe('fine');
  });

  test('EXE-48 without a listener the error hook hears of it; an idle exit is heard of too', async () => {
    const reported: unknown[] = [];
    const before = setUncaughtHandler((error) => reported.push(error));
    try {
      const executor = open({ maxWorkers: 1 });
      await executor.submit(() => void setTimeout(() => process.exit(4), 1)).result();
      await until(() => reported.length === 1);
      expect(reported[0]).toMatchObject({ name: 'WorkerExitError', exitCode: 4 });
      expect(await executor.submit(sqr, 5).result()).toBe(25);
    } finally {
      setUncaughtHandler(before);
    }
  });

  test('EXE-51 F07 F13 an endless loop is ended by its limit, the others are not harmed', async () => {
    const executor = open({ maxWorkers: 1 });
    const loop = (): void => {
      for (;;);
    };
    const stuck = executor.submitWith({ timeout: 50 }, loop);
    const rest = [1, 2, 3, 4].map((n) => executor.submit(sqr, n));
    await expect(stuck.result()).rejects.toThrow('ran longer than 50 ms');
    expect(await Promise.all(rest.map((future) => future.result()))).toEqual([1, 4, 9, 16]);
    expect(alive()).toBe(1);
  });

  test('a function that was short and becomes long is spread over the workers again', async () => {
    const executor = open({ maxWorkers: 2 });
    const mixed = (milliseconds: number): string => {
      burn(milliseconds);
      return whereAmI();
    };
    await wait(Array.from({ length: 2_000 }, () => executor.submit(mixed, 0)));
    // Sent ahead in the belief that they are short; what waits behind a long one goes to whoever is free.
    const places = await Promise.all(Array.from({ length: 20 }, () => executor.submit(mixed, 60).result()));
    const counts = [...new Set(places)].map((place) => places.filter((each) => each === place).length);
    expect(counts).toHaveLength(2);
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(4);
  });

  test('F10 shutdown in all ways and moments', async () => {
    const moments: Record<string, (executor: Executor) => Future<unknown>[]> = {
      'never used': () => [],
      busy: (executor) => [1, 2, 3, 4].map(() => executor.submit(sleep, 5)),
      'bad argument': (executor) => [executor.submit(same<unknown>, new WeakMap()), executor.submit(noop)],
      dying: (executor) => [executor.submit(exitWith, 1), executor.submit(sleep, 5)],
      'failing task': (executor) => [executor.submit(divide, 1, 0)],
    };
    for (const [moment, begin] of Object.entries(moments)) {
      for (const options of [{}, { cancelFutures: true }, { wait: false }, { wait: false, cancelFutures: true }]) {
        const executor = open({ maxWorkers: 2 });
        const futures = begin(executor);
        await executor.shutdown(options);
        await executor.shutdown();
        expect([moment, options, futures.map((future) => future.done())]).toEqual([
          moment,
          options,
          futures.map(() => true),
        ]);
        expect(() => executor.submit(noop)).toThrow(moment === 'dying' ? Error : ShutdownError);
        expect(alive()).toBe(0);
      }
    }
  });

  test('NOD-06 F20 output before a crash comes before the failure', async () => {
    const written: string[] = [];
    const spy = vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
    const talk = (): never => {
      for (let line = 0; line < 300; line++) console.log(`line ${line}`);
      return process.exit(2);
    };
    const lines = await open({ maxWorkers: 1 })
      .submit(talk)
      .exception()
      .then(() => written.join('').split('\n').length - 1)
      .finally(() => spy.mockRestore());
    expect(lines).toBe(300);
  });

  test('EXE-50 maxQueue counts what waits, not what runs', async () => {
    const executor = open({ maxWorkers: 2, maxQueue: 0 });
    const here = openGate();
    const futures = [0, 1].map((id) => executor.submit(arriveAndWait, here.folder, id));
    expect(() => executor.submit(noop)).toThrow(QueueFullError);
    here.open();
    await wait(futures);
    expect(await executor.submit(sqr, 2).result()).toBe(4);
  });
}
