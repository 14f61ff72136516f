/** What pools do with work: calls, lists, callbacks, errors; for processes and threads alike. */
import {
  CancelledError,
  InvalidStateError,
  SerializationError,
  TimeoutError,
  collect,
  scoped,
  setUncaughtHandler,
} from '@interleave/core';
import type { WorkerKind } from '@interleave/workers';
import { expect, test } from 'vitest';
import { arriveAndWait } from './fixtures/gate.js';
import { poolRig } from './fixtures/pool-rig.js';
import { divide, pow, raiseError, same, sleep, sqr } from './fixtures/tasks.js';
import { Pool } from './pool.js';

/** Registers the tests. */
export function poolContract(kind: WorkerKind): void {
  const { open, openGate } = poolRig(kind);
  const numbers = Array.from({ length: 100 }, (_, at) => at);
  const squares = numbers.map(sqr);

  /** Fails at item `at`. */
  function* failing(at: number): Generator<number> {
    for (let item = 0; item < at; item++) yield item;
    throw new RangeError('no more items');
  }

  test('POOL-01 apply', async () => {
    const pool = open();
    expect(await pool.apply(sqr, [5])).toBe(25);
    expect(await pool.apply(() => 'no arguments')).toBe('no arguments');
    expect(await pool.apply(same<object>, [{ deep: [1, new Map([[1, 2]])] }])).toEqual({
      deep: [1, new Map([[1, 2]])],
    });
    for (const bad of [undefined, null, 3, 'f', {}] as never[]) {
      await expect(pool.apply(bad)).rejects.toThrow(TypeError);
      await expect(pool.map(bad, [1])).rejects.toThrow(TypeError);
      expect(() => pool.applyAsync(bad)).toThrow(/pass a function/);
      expect(() => pool.imap(bad, [1])).toThrow(TypeError);
    }
    expect(() => pool.applyAsync(sqr, 5 as never)).toThrow(TypeError);
    expect(() => pool.applyAsync(sqr, [5], { callback: 5 as never })).toThrow(TypeError);
    expect(() => pool.mapAsync(sqr, [5], { errorCallback: 'f' as never })).toThrow(TypeError);
    await expect(pool.map(sqr, 5 as never)).rejects.toThrow(TypeError);
  });

  test('POOL-02 POOL-29 map, in chunks of any size', async () => {
    const pool = open();
    expect(await pool.map(sqr, numbers.slice(0, 10))).toEqual(squares.slice(0, 10));
    for (const chunkSize of [1, 20, 33, 100, 1_000])
      expect(await pool.map(sqr, numbers, { chunkSize })).toEqual(squares);
    expect(await pool.map(sqr, new Set(numbers))).toEqual(squares);
    expect(await pool.map(sqr, Float64Array.from(numbers))).toEqual(squares);
    const values = ['a', undefined, { n: 1 }, [2], null, 3n, new Date(4)];
    expect(await pool.map(same<unknown>, values, { chunkSize: 3 })).toEqual(values);
    for (const chunkSize of [0, -1, 0.5]) {
      await expect(pool.map(sqr, [1, 2], { chunkSize })).rejects.toThrow(RangeError);
      expect(() => pool.mapAsync(sqr, [1, 2], { chunkSize })).toThrow(RangeError);
      expect(() => pool.imap(sqr, [1, 2], { chunkSize })).toThrow(RangeError);
    }
    await expect(pool.map(sqr, [1, 2], { chunkSize: '2' as never })).rejects.toThrow(TypeError);
  });

  test('POOL-02 without a chunk size each worker gets about four chunks', async () => {
    const pool = open({ processes: 3, maxTasksPerChild: 1 });
    // A worker that does one task and no more tells chunks apart.
    const where = (): string => `${process.pid}:${process.getBuiltinModule('node:worker_threads').threadId}`;
    const places = await pool.map(where, numbers);
    expect(new Set(places).size).toBe(12);
    const sizes = [...new Set(places)].map((place) => places.filter((each) => each === place).length);
    expect(sizes.sort((a, b) => b - a)).toEqual([...new Array<number>(11).fill(9), 1]);
  });

  test('POOL-03 starmap', async () => {
    const pool = open();
    const pairs = numbers.map((n) => [n % 7, n % 3] as const);
    const powers = pairs.map(([a, b]) => pow(a, b));
    expect(await pool.starmap(pow, pairs)).toEqual(powers);
    expect(await pool.starmap(pow, pairs, { chunkSize: 20 })).toEqual(powers);
    expect(await pool.starmapAsync(pow, pairs, { chunkSize: 1 }).get()).toEqual(powers);
    const sum = (a: { n: number }, b: number): number => a.n + b;
    const mixed = numbers.map((n) => [{ n }, 1] as const);
    expect(await pool.starmap(sum, mixed, { chunkSize: 7 })).toEqual(numbers.map((n) => n + 1));
  });

  test('POOL-04 POOL-09 the results of the Async methods', async () => {
    const pool = open();
    const here = openGate();
    const one = pool.applyAsync(arriveAndWait, [here.folder, 1]);
    const list = pool.mapAsync(sqr, numbers);
    expect(await list.get()).toEqual(squares);
    expect(await list.get()).toEqual(squares);
    expect([one.ready(), list.ready(), list.successful()]).toEqual([false, true, true]);
    expect(String(one)).toMatch(/^<AsyncResult "arriveAndWait" (pending|running)>$/);
    here.open();
    expect(await one.get()).toBe(1);
    expect(await one.wait()).toBe(true);
    expect(String(list)).toBe('<AsyncResult "sqr" finished returned Array>');
  });

  test('POOL-05 POOL-19 callbacks hear once, of the whole or of the error', async () => {
    const pool = open();
    const heard: unknown[] = [];
    const callbacks = {
      callback: (value: unknown) => heard.push(['value', value]),
      errorCallback: (error: unknown) => heard.push(['error', error]),
    };
    await pool.mapAsync(sqr, [1, 2, 3], { chunkSize: 1, ...callbacks }).wait();
    await pool.applyAsync(sqr, [4], callbacks).wait();
    expect(heard.splice(0)).toEqual([
      ['value', [1, 4, 9]],
      ['value', 16],
    ]);
    const failed = pool.applyAsync(raiseError, ['oh'], callbacks);
    const error = await failed.get().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RangeError);
    expect(heard.splice(0)).toEqual([['error', error]]);
    const halves = pool.starmapAsync(
      divide,
      [1, 0, 2, 0].map((n) => [6, n] as const),
      { chunkSize: 2, ...callbacks },
    );
    const second = await halves.get().catch((reason: unknown) => reason);
    expect(heard.splice(0)).toEqual([['error', second]]);
    expect(halves.successful()).toBe(false);
  });

  test('POOL-05 a callback that throws disturbs nobody and is reported', async () => {
    const reported: unknown[] = [];
    const before = setUncaughtHandler((error) => reported.push(error));
    try {
      const boom = new Error('in the callback');
      const callback = (): never => {
        throw boom;
      };
      expect(await open().applyAsync(sqr, [2], { callback }).get()).toBe(4);
      expect(reported).toEqual([boom]);
    } finally {
      setUncaughtHandler(before);
    }
  });

  test('POOL-06 items that cannot travel are refused, and the pool works on', async () => {
    const pool = open();
    const bad = Array.from({ length: 10 }, () => new WeakMap());
    for (const chunkSize of [undefined, 1, 10]) {
      await expect(pool.map(same<unknown>, bad, { chunkSize })).rejects.toThrow(SerializationError);
    }
    await expect(pool.map((): unknown => Symbol('s'), numbers)).rejects.toThrow(SerializationError);
    expect(await pool.map(sqr, numbers)).toEqual(squares);
  });

  test('POOL-07 nothing to do is done at once', async () => {
    const pool = open();
    for (const chunkSize of [undefined, 1, 50]) {
      expect(await pool.map(sqr, [], { chunkSize })).toEqual([]);
      expect(await pool.starmap(pow, [], { chunkSize })).toEqual([]);
      expect(await pool.mapAsync(sqr, [], { chunkSize }).get()).toEqual([]);
      expect(await collect(pool.imap(sqr, [], { chunkSize }))).toEqual([]);
      expect(await collect(pool.imapUnordered(sqr, [], { chunkSize }))).toEqual([]);
    }
    const callback = await new Promise((resolve) => pool.mapAsync(sqr, [], { callback: resolve }));
    expect(callback).toEqual([]);
  });

  test('POOL-08 an iterable that fails: map rejects with that very error', async () => {
    const pool = open();
    const error = new RangeError('at once');
    const atOnce = {
      [Symbol.iterator]: () => ({
        next: () => {
          throw error;
        },
      }),
    } as unknown as Iterable<number>;
    const liar = { length: 100, [Symbol.iterator]: () => failing(3) };
    for (let round = 0; round < 2; round++) {
      await expect(pool.map(sqr, atOnce)).rejects.toBe(error);
      for (const chunkSize of [undefined, 1, 2]) {
        const failed = await pool.map(sqr, failing(3), { chunkSize }).catch((reason: unknown) => reason);
        expect(failed).toMatchObject({ name: 'RangeError', message: 'no more items' });
        expect(failed).not.toHaveProperty('cause');
        await expect(pool.map(sqr, liar, { chunkSize })).rejects.toThrow('no more items');
      }
    }
    expect(await pool.map(sqr, numbers)).toEqual(squares);
  });

  test('POOL-10 F07 a timeout of get ends the wait and not the work', async () => {
    const pool = open({ processes: 1 });
    const here = openGate();
    const result = pool.applyAsync(arriveAndWait, [here.folder, 7]);
    await expect(result.get({ timeout: 20 })).rejects.toThrow(TimeoutError);
    expect(await result.wait({ timeout: 0 })).toBe(false);
    const controller = new AbortController();
    const wait = result.get({ signal: controller.signal });
    controller.abort('why');
    await expect(wait).rejects.toMatchObject({ name: 'CancelledError', reason: 'why' });
    here.open();
    expect(await result.get()).toBe(7);
  });

  test.each([1, 100])('POOL-11 imap yields in order (chunks of %i)', async (chunkSize) => {
    const thousand = Array.from({ length: 1_000 }, (_, at) => at);
    expect(await collect(open().imap(sqr, thousand, { chunkSize }))).toEqual(thousand.map(sqr));
  });

  test.each([1, 2, 5])('POOL-12 imap goes on after an item that failed (chunks of %i)', async (chunkSize) => {
    const bad = (n: number): number => {
      if (n === 3) throw new RangeError('three');
      return n;
    };
    const steps = open().imap(bad, [0, 1, 2, 3, 4], { chunkSize });
    for (const n of [0, 1, 2]) expect((await steps.next()).value).toBe(n);
    await expect(steps.next()).rejects.toThrow('three');
    expect(await steps.next()).toEqual({ done: false, value: 4 });
    expect((await steps.next()).done).toBe(true);
  });

  test.each([1, 100])('POOL-13 imapUnordered yields all of it (chunks of %i)', async (chunkSize) => {
    const thousand = Array.from({ length: 1_000 }, (_, at) => at);
    const results = await collect(open().imapUnordered(sqr, thousand, { chunkSize }));
    expect(results.sort((a, b) => a - b)).toEqual(thousand.map(sqr));
  });

  test('POOL-13 imapUnordered yields what is done first', async () => {
    const pool = open({ processes: 2 });
    const here = openGate();
    const task = (folder: string, item: number): number | Promise<number> =>
      item === 0 ? arriveAndWait(folder, item) : item;
    const bound = (
      (folder) => (item: number) =>
        task(folder, item)
    )(here.folder);
    const steps = pool.imapUnordered(bound, [0, 1, 2, 3]);
    const first = [(await steps.next()).value, (await steps.next()).value, (await steps.next()).value];
    expect(first.sort()).toEqual([1, 2, 3]);
    here.open();
    expect((await steps.next()).value).toBe(0);
    expect((await steps.next()).done).toBe(true);
  });

  test('POOL-14 imap and imapUnordered over an iterable that fails: values first, then its error', async () => {
    const pool = open();
    for (const chunkSize of [1, 2, 10]) {
      for (const bufferSize of [undefined, 1]) {
        const options = { chunkSize, bufferSize };
        const steps = pool.imap(sqr, failing(3), options);
        for (const n of [0, 1, 4]) expect((await steps.next()).value).toBe(n);
        await expect(steps.next()).rejects.toThrow('no more items');
        expect((await steps.next()).done).toBe(true);
        const values: number[] = [];
        await expect(async () => {
          for await (const value of pool.imapUnordered(sqr, failing(3), options)) values.push(value);
        }).rejects.toThrow('no more items');
        expect(values.sort()).toEqual([0, 1, 4]);
      }
    }
  });

  test('POOL-11 F15 leaving the loop, an endless iterable, a timeout, a signal', async () => {
    const pool = open();
    let pulled = 0;
    const endless = function* (): Generator<number> {
      for (;;) yield pulled++;
    };
    for (const steps of [
      pool.imap(sqr, endless(), { bufferSize: 2 }),
      pool.imapUnordered(sqr, endless(), { bufferSize: 2 }),
    ]) {
      expect((await steps.next()).done).toBe(false);
      await steps.return?.();
      expect((await steps.next()).done).toBe(true);
    }
    expect(pulled).toBeLessThanOrEqual(6);
    const slow = pool.imapUnordered(sleep, [60_000], { timeout: 20 });
    await expect(slow.next()).rejects.toThrow(TimeoutError);
    const controller = new AbortController();
    const stopped = pool.imapUnordered(sleep, [60_000, 60_000], { signal: controller.signal }).next();
    controller.abort('why');
    await expect(stopped).rejects.toMatchObject({ name: 'CancelledError', reason: 'why' });
  });

  test('POOL-17 leaving a scope terminates; a pool that is not open takes nothing and cannot be entered', async () => {
    const pool = open();
    let left: Promise<unknown> = Promise.resolve();
    const value = await scoped(pool, async (inside) => {
      const running = inside.applyAsync(sleep, [60_000]);
      left = running.get().catch((error: unknown) => error);
      return inside.apply(sqr, [3]);
    });
    expect(value).toBe(9);
    expect(await left).toBeInstanceOf(CancelledError);
    const closed = open();
    closed.close();
    for (const each of [pool, closed]) {
      for (const call of [
        () => each.applyAsync(sqr, [1]),
        () => each.mapAsync(sqr, [1]),
        () => each.starmapAsync(pow, [[1, 2]]),
        () => each.imap(sqr, [1]),
        () => each.imapUnordered(sqr, [1]),
      ]) {
        expect(call).toThrow(InvalidStateError);
      }
      await expect(each.apply(sqr, [1])).rejects.toThrow(InvalidStateError);
      await expect(each.map(sqr, [1])).rejects.toThrow(InvalidStateError);
      await expect(scoped(each, () => 1)).rejects.toThrow(InvalidStateError);
    }
    await closed.join();
    expect(String(closed)).toMatch(/^<(Thread)?Pool-\d+ closed, 2 (threads|processes), 0 tasks unfinished>$/);
  });

  test('POOL-18 a task error keeps class and message, with the remote stack as its cause', async () => {
    const pool = open();
    for (const run of [() => pool.apply(raiseError, ['123']), () => pool.map(raiseError, ['123', '123'])]) {
      const error = (await run().catch((reason: unknown) => reason)) as Error;
      expect(error).toBeInstanceOf(RangeError);
      expect(error.message).toBe('123');
      expect(String((error.cause as Error).stack)).toContain('raiseError');
      expect(String((error.cause as Error).stack)).not.toContain('run-chunk');
    }
  });

  test('POOL-28 asked too early', async () => {
    const pool = open();
    const here = openGate();
    const result = pool.applyAsync(arriveAndWait, [here.folder, 1]);
    expect(() => result.successful()).toThrow(InvalidStateError);
    await expect(pool.join()).rejects.toThrow(InvalidStateError);
    here.open();
    expect(await result.get()).toBe(1);
    expect(result.successful()).toBe(true);
  });

  test('POOL-15 POOL-21 bad options', () => {
    for (const processes of [0, -1, 1.5, NaN]) expect(() => new Pool({ kind, processes })).toThrow(RangeError);
    expect(() => new Pool({ kind, processes: '2' as never })).toThrow(TypeError);
    for (const bad of [0, -1, 0.5]) expect(() => new Pool({ kind, maxTasksPerChild: bad })).toThrow(RangeError);
    expect(() => new Pool({ kind, maxTasksPerChild: '12' as never })).toThrow(TypeError);
    expect(() => new Pool({ kind, initializer: 5 as never })).toThrow(TypeError);
    expect(() => new Pool({ kind, initArgs: 5 as never })).toThrow(TypeError);
    expect(() => new Pool({ kind: 'greenlet' as never })).toThrow(RangeError);
  });

  test('NOD-05 values with a then method stay what they are', async () => {
    const pool = open();
    const thenable = (): unknown => ({ then: 'data' });
    expect(await pool.map(thenable, [1, 2])).toEqual([{ then: 'data' }, { then: 'data' }]);
    const steps = pool.imapUnordered(thenable, [1]);
    expect((await steps.next()).value).toEqual({ then: 'data' });
  });

  test('F15 100,000 calls in one turn', async () => {
    const pool = open();
    const results = Array.from({ length: 100_000 }, (_, at) => pool.applyAsync(sqr, [at]));
    pool.close();
    await pool.join();
    expect(results.every((result) => result.successful())).toBe(true);
    expect(await results[99_999]?.get()).toBe(99_999 ** 2);
  });
}
