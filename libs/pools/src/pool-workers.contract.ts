/** What pools do with their workers: starting, replacing, ending; for processes and threads alike. */
import { BrokenExecutorError, CancelledError, WorkerExitError, setUncaughtHandler } from '@interleave/core';
import type { StartWorkerOptions, WorkerHandle, WorkerKind } from '@interleave/workers';
import { expect, test } from 'vitest';
import type { AsyncResult } from './async-result.js';
import { WORKER_STARTER } from './dispatcher/starter.js';
import { deaths } from './fixtures/deaths.js';
import { arriveAndWait } from './fixtures/gate.js';
import { poolRig } from './fixtures/pool-rig.js';
import { countRuns, dieAt, divide, exitWith, sleep, sqr, whereAmI } from './fixtures/tasks.js';
import type { Pool } from './pool.js';

/** Registers the tests. */
export function poolWorkersContract(kind: WorkerKind): void {
  const { open, openGate, start, alive, started, until } = poolRig(kind);
  const numbers = Array.from({ length: 100 }, (_, at) => at);
  const errorOf = (result: AsyncResult<unknown>): Promise<unknown> => result.get().catch((error: unknown) => error);

  /** All workers of a pool meet, so there are as many as it promised. */
  async function expectFullHouse(pool: Pool): Promise<void> {
    const here = openGate();
    const all = Array.from({ length: pool.processes }, (_, id) => pool.applyAsync(arriveAndWait, [here.folder, id]));
    await until(() => here.arrived() === pool.processes);
    here.open();
    await Promise.all(all.map((result) => result.get()));
    await until(() => alive() === pool.processes);
  }

  test('POOL-15 all workers start at once', async () => {
    const pool = open({ processes: 3 });
    expect(started()).toBe(3);
    await pool.ready;
    expect(alive()).toBe(3);
    await expectFullHouse(pool);
    expect(started()).toBe(3);
  });

  test('POOL-16 F11 terminate with 10,000 calls that wait', async () => {
    const pool = open({ processes: 4 });
    await pool.ready;
    const loop = (): void => {
      for (;;);
    };
    const results = [
      pool.applyAsync(loop),
      ...numbers.flatMap(() => numbers.map(() => pool.applyAsync(sleep, [10_000]))),
    ];
    const list = pool.mapAsync(sleep, [10_000, 10_000]);
    const step = pool.imapUnordered(sleep, [10_000]).next();
    await Promise.all([pool.terminate(), pool.join(), expect(step).rejects.toThrow(CancelledError)]);
    expect(alive()).toBe(0);
    for (const result of [...results, list]) expect(result.ready()).toBe(true);
    for (const result of [results[0], results[10_000], list]) {
      expect(await errorOf(result as AsyncResult<unknown>)).toBeInstanceOf(CancelledError);
    }
    await pool.terminate();
  });

  test('POOL-16 POOL-21 F10 close, terminate and join, at any moment', async () => {
    const moments: Record<string, (pool: Pool) => unknown> = {
      'never used': () => undefined,
      ready: (pool) => pool.ready,
      busy: (pool) => [1, 2, 3, 4].map(() => pool.applyAsync(sleep, [5])),
      dying: (pool) => [pool.applyAsync(exitWith, [1]), pool.applyAsync(sleep, [5])],
      'failing task': (pool) => pool.applyAsync(divide, [1, 0]),
    };
    for (const begin of Object.values(moments)) {
      for (const end of ['close', 'terminate', 'both'] as const) {
        const pool = open();
        const begun = await begin(pool);
        if (end !== 'terminate') pool.close();
        if (end !== 'close') void pool.terminate();
        pool.close();
        await Promise.all([pool.join(), pool.join()]);
        expect(alive()).toBe(0);
        for (const result of [begun].flat())
          expect((result as AsyncResult<unknown> | undefined)?.ready()).not.toBe(false);
      }
    }
  });

  test('POOL-16 a pool that is terminated before it is ready says so', async () => {
    const pool = open();
    const { ready } = pool;
    await pool.terminate();
    await expect(ready).rejects.toThrow(CancelledError);
  });

  test('POOL-20 F12 maxTasksPerChild replaces workers, and keeps their number', async () => {
    const pool = open({ processes: 3, maxTasksPerChild: 10 });
    const places = await Promise.all(numbers.map(() => pool.apply(whereAmI)));
    expect(new Set(places).size).toBeGreaterThanOrEqual(10);
    expect(alive()).toBeLessThanOrEqual(3);
    await until(() => alive() === 3);
  });

  test('POOL-21 F12 all is done before a pool that recycles has closed', async () => {
    for (const [processes, maxTasksPerChild, count] of [
      [1, 1, 3],
      [2, 1, 6],
      [2, 3, 20],
      [3, 2, 7],
    ] as const) {
      const pool = open({ processes, maxTasksPerChild });
      const results = numbers.slice(0, count).map((n) => pool.applyAsync(sqr, [n]));
      pool.close();
      await pool.join();
      expect(await Promise.all(results.map((result) => result.get()))).toEqual(numbers.slice(0, count).map(sqr));
      expect(alive()).toBe(0);
    }
  });

  test('POOL-23 the initializer runs once in each worker, also if no task comes', async () => {
    const here = openGate();
    const arrive = (folder: string): void => {
      const { writeFileSync } = process.getBuiltinModule('node:fs');
      writeFileSync(`${folder}/${process.pid}-${process.getBuiltinModule('node:worker_threads').threadId}`, '', {
        flag: 'wx',
      });
    };
    const pool = open({ processes: 3, initializer: arrive, initArgs: [here.folder] });
    pool.close();
    await pool.join();
    expect([here.arrived(), started()]).toEqual([3, 3]);
  });

  test('POOL-26 a worker that cannot be created ends the others', async () => {
    const error = new Error('no more workers');
    let starts = 0;
    const failing = (options: StartWorkerOptions): WorkerHandle => {
      if (++starts === 4) throw error;
      return start(options);
    };
    const pool = open({ processes: 5, [WORKER_STARTER]: failing });
    await expect(pool.ready).rejects.toBe(error);
    expect([starts, started(), alive()]).toEqual([4, 3, 0]);
    expect(() => pool.applyAsync(sqr, [1])).toThrow(BrokenExecutorError);
    await expect(pool.map(sqr, [1])).rejects.toThrow('no more workers');
    await pool.join();
  });

  test('F12 a replacement that cannot be created is tried again', async () => {
    let starts = 0;
    const failing = (options: StartWorkerOptions): WorkerHandle => {
      starts += 1;
      if (starts === 3 || starts === 5) throw new Error('not now');
      return start(options);
    };
    const pool = open({ maxTasksPerChild: 2, [WORKER_STARTER]: failing });
    expect(await pool.map(sqr, numbers.slice(0, 20), { chunkSize: 1 })).toEqual(numbers.slice(0, 20).map(sqr));
    await until(() => alive() === 2);
  });

  test('F01 a worker that dies loses what it did, and nothing else', async () => {
    const pool = open();
    for (const [moment, task] of Object.entries(deaths)) {
      const before = numbers.slice(0, 20).map((n) => pool.applyAsync(sqr, [n]));
      const lost = pool.applyAsync(task);
      const after = numbers.slice(20, 40).map((n) => pool.applyAsync(sqr, [n]));
      expect([moment, await errorOf(lost)]).toEqual([moment, expect.any(WorkerExitError)]);
      const values = await Promise.all([...before, ...after].map((result) => result.get()));
      expect([moment, values]).toEqual([moment, numbers.slice(0, 40).map(sqr)]);
    }
    await expectFullHouse(pool);
  });

  test('F01 the error says which task, which worker and how it ended', async () => {
    const error = (await errorOf(open().applyAsync(exitWith, [99]))) as WorkerExitError;
    expect(error).toMatchObject({ exitCode: 99, signal: null, code: 'ERR_WORKER_EXIT' });
    expect(error.message).toMatch(
      /task "exitWith": its worker \w+-\d+_\d \((pid|thread) \d+\) exited with code 99 after/,
    );
  });

  test('F01 of many short tasks that were sent together, only the one that ran is lost, and none runs twice', async () => {
    const pool = open({ processes: 1 });
    const here = openGate();
    // Known to be short, so that many go out in one message.
    await pool.map(
      dieAt,
      numbers.map(() => -1),
      { chunkSize: 1 },
    );
    await pool.starmap(
      countRuns,
      numbers.map(() => ['', -1] as const),
      { chunkSize: 1 },
    );
    const results = numbers.map((n) => pool.applyAsync(countRuns, [here.folder, n]));
    const values = await Promise.all(results.map(errorOf));
    for (const n of numbers) {
      if (n === 50) expect(values[n]).toBeInstanceOf(WorkerExitError);
      else expect(values[n]).toBe(n);
    }
    // Each wrote a file of its own, and would have failed had there been one.
    expect(here.arrived()).toBe(100);
  });

  test('F01 a chunk is lost as a whole, the other chunks are not', async () => {
    const pool = open();
    const steps = pool.imap(dieAt, [1, 2, 3, -4, 5, 6, 7, 8, 9], { chunkSize: 3 });
    for (const n of [1, 2, 3]) expect((await steps.next()).value).toBe(n);
    for (let lost = 0; lost < 3; lost++) await expect(steps.next()).rejects.toThrow(WorkerExitError);
    for (const n of [7, 8, 9]) expect((await steps.next()).value).toBe(n);
    await expect(pool.map(dieAt, [1, -2], { chunkSize: 1 })).rejects.toThrow(WorkerExitError);
  });

  test('F13 no place is lost, however many workers die', async () => {
    const pool = open();
    for (let round = 0; round < 3; round++) {
      const lost = [1, 2].map((code) => pool.applyAsync(exitWith, [code]));
      for (const result of lost) expect(await errorOf(result)).toBeInstanceOf(WorkerExitError);
    }
    await expectFullHouse(pool);
    expect(await pool.map(sqr, numbers, { chunkSize: 5 })).toEqual(numbers.map(sqr));
  });

  test('F13 EXE-48 a worker that dies with nothing to do is replaced and reported', async () => {
    const reported: unknown[] = [];
    const before = setUncaughtHandler((error) => reported.push(error));
    try {
      const pool = open({ processes: 1 });
      await pool.apply(() => void setTimeout(() => process.exit(4), 1));
      await until(() => reported.length === 1);
      expect(reported[0]).toMatchObject({ name: 'WorkerExitError', exitCode: 4 });
      await pool.apply(() => {
        setTimeout(() => {
          throw new RangeError('late');
        }, 1);
      });
      await until(() => reported.length === 2);
      expect(reported[1]).toBeInstanceOf(RangeError);
      await expectFullHouse(pool);
    } finally {
      setUncaughtHandler(before);
    }
  });

  test('F14 an initializer that always fails: few starts, and everyone is told why', async () => {
    const failures: Record<string, () => unknown> = {
      throws: () => {
        throw new RangeError('no database');
      },
      rejects: async () => Promise.reject(new RangeError('no database')),
      exits: () => process.exit(1),
    };
    for (const [how, initializer] of Object.entries(failures)) {
      const from = started();
      const pool = open({ initializer });
      const results = [pool.applyAsync(sqr, [1]), pool.mapAsync(sqr, numbers)];
      await expect(pool.ready).rejects.toThrow(BrokenExecutorError);
      for (const result of results) {
        const error = (await errorOf(result)) as Error;
        expect(error).toBeInstanceOf(BrokenExecutorError);
        expect(error.cause).toMatchObject(
          how === 'exits' ? { exitCode: 1 } : { name: 'RangeError', message: 'no database' },
        );
      }
      expect(started() - from).toBe(6);
      expect(alive()).toBe(0);
      expect(() => pool.applyAsync(sqr, [1])).toThrow(BrokenExecutorError);
      expect(String(pool)).toContain('broken');
      await pool.join();
    }
  });

  test('F14 an initializer that fails the first time is tried again', async () => {
    const here = openGate();
    const once = async (folder: string): Promise<void> => {
      const { existsSync, writeFileSync } = process.getBuiltinModule('node:fs');
      if (existsSync(`${folder}/once`)) return;
      writeFileSync(`${folder}/once`, '');
      throw new Error('the first time');
    };
    const pool = open({ processes: 1, initializer: once, initArgs: [here.folder] });
    expect(await pool.apply(sqr, [3])).toBe(9);
    await pool.ready;
    expect(started()).toBe(2);
  });

  test('F14 a worker that ends by itself soon after its start is not started for ever', async () => {
    const reported: unknown[] = [];
    const before = setUncaughtHandler((error) => reported.push(error));
    try {
      const pool = open({ processes: 1, initializer: () => void setTimeout(() => process.exit(2), 5) });
      await until(() => String(pool).includes('broken'));
      expect(started()).toBe(3);
      await expect(pool.apply(sqr, [1])).rejects.toThrow(BrokenExecutorError);
    } finally {
      setUncaughtHandler(before);
    }
  });
}
