/** What `map` and `mapN` of every executor do. */
import { SerializationError, ShutdownError, TimeoutError, collect } from '@interleave/core';
import { afterEach, expect, test, vi } from 'vitest';
import type { ContractSubject } from './executor.contract.js';
import type { Executor, ExecutorOptions } from './executor.js';
import { arriveAndWait, gate } from './fixtures/gate.js';
import { divide, noop, pow, same, sleep, sqr } from './fixtures/tasks.js';

/** Waits until nobody holds it any more. */
async function collectable(ref: WeakRef<object>): Promise<void> {
  await vi.waitFor(() => {
    globalThis.gc?.();
    // An assertion about the object itself would hold it.
    expect(ref.deref() === undefined).toBe(true);
  });
}

/** Registers the tests. */
export function mapContract({ kind, make }: ContractSubject): void {
  const opened: Executor[] = [];
  const open = (options?: ExecutorOptions): Executor => {
    const executor = make({ maxWorkers: 2, ...options });
    opened.push(executor);
    return executor;
  };
  const numbers = Array.from({ length: 40 }, (_, at) => at);

  afterEach(async () => {
    await Promise.all(opened.splice(0).map((executor) => executor.killWorkers()));
  });

  test('WAC-17 results come in the order of the items', async () => {
    const delays = [30, 1, 15, 0];
    expect(await collect(open().map(sleep, delays))).toEqual(delays);
  });

  test('WAC-18 mapN pairs items up to the shortest', async () => {
    const executor = open();
    expect(
      await collect(
        executor.mapN(pow, [
          [2, 3, 4],
          [5, 2],
        ]),
      ),
    ).toEqual([32, 9]);
    expect(await collect(executor.mapN(noop, []))).toEqual([]);
    expect(() => executor.mapN(pow, [[1], 5 as never])).toThrow(TypeError);
    expect(() => executor.map(sqr, null as never)).toThrow(TypeError);
  });

  test('WAC-19 chunks change nothing', async () => {
    const executor = open();
    const expected = numbers.map(sqr);
    for (const chunkSize of [1, 6, 40, 50]) {
      expect(await collect(executor.map(sqr, numbers, { chunkSize }))).toEqual(expected);
    }
    for (const bad of [0, -1, 1.5]) expect(() => executor.map(sqr, [1], { chunkSize: bad })).toThrow(RangeError);
  });

  test('WAC-19 a chunk carries every kind of value, also when the kind changes on the way', async () => {
    const executor = open();
    const lists = [
      [0, -0, NaN, Infinity],
      [1, 'a', null, undefined, 2n, true],
      [1, 2, { n: 1 }, 'b', [3]],
      [[1], [2]],
    ];
    for (const list of lists) {
      expect(await collect(executor.map(same<unknown>, list, { chunkSize: 4 }))).toEqual(list);
    }
    const wordFrom = (from: number, n: number): unknown => (n < from ? n : `${n}`);
    for (const from of [0, 1, 3, 9]) {
      const results = executor.mapN(wordFrom, [numbers.map(() => from), numbers], { chunkSize: 20 });
      expect(await collect(results)).toEqual(numbers.map((n) => wordFrom(from, n)));
    }
    const sometimesAsync = (n: number): number | Promise<number> => (n % 3 === 0 ? Promise.resolve(-n) : n);
    const mixed = executor.map(sometimesAsync, numbers, { chunkSize: 20 });
    expect(await collect(mixed)).toEqual(numbers.map((n) => (n % 3 === 0 ? -n : n)));
  });

  // A coroutine's items are not sent.
  const testSent = kind === 'coroutine' ? () => undefined : test;
  testSent('EXE-29 an item that cannot travel does not take its chunk along', async () => {
    const steps = open().map(same<unknown>, [1, new WeakMap(), 3], { chunkSize: 3 });
    expect((await steps.next()).value).toBe(1);
    await expect(steps.next()).rejects.toThrow(SerializationError);
    expect((await steps.next()).value).toBe(3);
    const results = open().map((n: number): unknown => (n === 2 ? new WeakMap() : n), [1, 2, 3], { chunkSize: 3 });
    expect((await results.next()).value).toBe(1);
    await expect(results.next()).rejects.toThrow(SerializationError);
    expect((await results.next()).value).toBe(3);
  });

  test('WAC-25 an iterable that fails on the way: its error comes after the results', async () => {
    const failing = function* (): Generator<number> {
      yield* [1, 2, 3];
      throw new RangeError('no more');
    };
    const executor = open();
    expect(() => executor.map(sqr, failing())).toThrow('no more');
    for (const chunkSize of [1, 2]) {
      const steps = executor.map(sqr, failing(), { bufferSize: 1, chunkSize });
      expect([(await steps.next()).value, (await steps.next()).value, (await steps.next()).value]).toEqual([1, 4, 9]);
      await expect(steps.next()).rejects.toThrow('no more');
      expect((await steps.next()).done).toBe(true);
    }
  });

  test('WAC-19 chunks of a size of their own: every item once, in order, however many there are', async () => {
    const executor = open();
    const auto = { chunkSize: 'auto' } as const;
    for (const count of [0, 1, 7, 100, 1_000]) {
      const items = Array.from({ length: count }, (_, at) => at);
      expect(await collect(executor.map(sqr, items, auto))).toEqual(items.map(sqr));
      expect(await collect(executor.map(sqr, items.values(), auto))).toEqual(items.map(sqr));
      expect(await collect(executor.map(sqr, new Set(items), auto))).toEqual(items.map(sqr));
      expect(await collect(executor.mapN(pow, [items, [1, 1]], auto))).toEqual(items.slice(0, 2));
    }
    expect(() => executor.map(sqr, [1], { chunkSize: 'automatic' as never })).toThrow(TypeError);
  });

  test('WAC-25 chunks of a size of their own leave an endless source at the first ones', async () => {
    const naturals = function* (): Generator<number> {
      for (let n = 0; ; n += 1) yield n;
    };
    const steps = open().map(sqr, naturals(), { chunkSize: 'auto', bufferSize: 2 });
    const first: number[] = [];
    for await (const value of steps) if (first.push(value) === 50) break;
    expect(first).toEqual(Array.from({ length: 50 }, (_, at) => sqr(at)));
  });

  test.each([1, 2, 10])('WAC-20 a step that fails does not end the iteration (chunks of %i)', async (chunkSize) => {
    const steps = open().mapN(
      divide,
      [
        [1, 2, 3, 4],
        [1, 1, 0, 1],
      ],
      { chunkSize },
    );
    expect(await steps.next()).toEqual({ done: false, value: 1 });
    expect(await steps.next()).toEqual({ done: false, value: 2 });
    await expect(steps.next()).rejects.toThrow('3 divided by 0');
    expect(await steps.next()).toEqual({ done: false, value: 4 });
    expect(await steps.next()).toEqual({ done: true, value: undefined });
    expect(await steps.next()).toEqual({ done: true, value: undefined });
  });

  test('WAC-21 a timeout counts from the call and ends the iteration', async () => {
    const steps = open().map(sleep, [0, 0, 60_000], { timeout: kind === 'coroutine' ? 100 : 2_000 });
    expect((await steps.next()).value).toBe(0);
    expect((await steps.next()).value).toBe(0);
    await expect(steps.next()).rejects.toThrow(TimeoutError);
    expect((await steps.next()).done).toBe(true);
  });

  test('WAC-22 everything is submitted at the call', async () => {
    const executor = open();
    const here = gate();
    here.open();
    executor.mapN(arriveAndWait, [numbers.map(() => here.folder), numbers]);
    await executor.shutdown();
    expect(here.arrived()).toBe(40);
    here.close();
  });

  test('WAC-23 leaving the loop cancels what has not begun', async () => {
    const executor = open({ maxWorkers: 1 });
    const here = gate();
    const steps = executor.mapN(arriveAndWait, [numbers.map(() => here.folder), numbers]);
    await vi.waitFor(() => expect(here.arrived()).toBe(1), { timeout: 8_000, interval: 2 });
    const first = steps.next();
    await steps.return?.();
    here.open();
    await first;
    expect((await steps.next()).done).toBe(true);
    await executor.shutdown();
    expect(here.arrived()).toBe(1);
    here.close();
  });

  test('WAC-24 WAC-26 bufferSize changes nothing but how much is ahead', async () => {
    const executor = open();
    for (const bufferSize of [1, 2, 40, 80]) {
      expect(await collect(executor.map(sqr, numbers, { bufferSize }))).toEqual(numbers.map(sqr));
      expect(await collect(executor.mapN(pow, [numbers, numbers], { bufferSize }))).toEqual(
        numbers.map((n) => pow(n, n)),
      );
      expect(await collect(executor.map(sqr, [], { bufferSize }))).toEqual([]);
      expect(await collect(executor.map(sqr, numbers, { bufferSize, chunkSize: 7 }))).toEqual(numbers.map(sqr));
    }
    expect(await collect(executor.map(sqr, []))).toEqual([]);
    for (const bad of ['foo', 2.5]) {
      expect(() => executor.map(sqr, [1], { bufferSize: bad as number })).toThrow(TypeError);
    }
    for (const bad of [0, -1]) expect(() => executor.map(sqr, [1], { bufferSize: bad })).toThrow(RangeError);
  });

  test('WAC-27 the iterator keeps nothing of what it handed out', async () => {
    const boxed = (n: number): object => ({ n, room: new Array(1_000).fill(n) });
    for (const chunkSize of [1, 5]) {
      const steps = open().map(boxed, [0, 1, 2, 3, 4], { chunkSize });
      const first = new WeakRef((await steps.next()).value as object);
      await steps.next();
      await collectable(first);
      expect((await steps.next()).value).toMatchObject({ n: 2 });
    }
  });

  test('WAC-25 F15 an endless iterable', async () => {
    let pulled = 0;
    let closed = false;
    const endless = function* (): Generator<number> {
      try {
        for (;;) yield pulled++;
      } finally {
        closed = true;
      }
    };
    const steps = open().map(sqr, endless(), { bufferSize: 2 });
    expect([(await steps.next()).value, (await steps.next()).value, (await steps.next()).value]).toEqual([0, 1, 4]);
    await steps.return?.();
    expect(pulled).toBeLessThanOrEqual(5);
    expect(closed).toBe(true);
  });

  test('WAC-28 map after shutdown is refused at the call', async () => {
    const executor = open();
    await executor.shutdown();
    expect(() => executor.map(sqr, [1])).toThrow(ShutdownError);
  });

  test('WAC-29 failures that nobody reads are silent', async () => {
    const unhandled: unknown[] = [];
    const listener = (reason: unknown): number => unhandled.push(reason);
    process.on('unhandledRejection', listener);
    const executor = open();
    executor.mapN(divide, [
      [1, 2],
      [0, 0],
    ]);
    executor.mapN(
      divide,
      [
        [1, 2],
        [0, 0],
      ],
      { chunkSize: 2 },
    );
    await executor.shutdown();
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', listener);
    expect(unhandled).toEqual([]);
  });

  test('NOD-05 values with a then method pass through map as they are', async () => {
    const items = [{ then: 1 }, { then: 'x' }];
    expect(await collect(open().map(same<object>, items))).toEqual(items);
    expect(await collect(open().map(same<object>, items, { chunkSize: 2 }))).toEqual(items);
  });

  test('a signal ends the iteration', async () => {
    const controller = new AbortController();
    const steps = open().map(sleep, [0, 60_000, 60_000], { signal: controller.signal });
    expect((await steps.next()).value).toBe(0);
    const next = steps.next();
    controller.abort('why');
    await expect(next).rejects.toMatchObject({ name: 'CancelledError', reason: 'why' });
    expect((await steps.next()).done).toBe(true);
  });

  test('steps asked for at once get the results in order', async () => {
    const steps = open().map(sqr, [1, 2, 3]);
    const all = await Promise.all([steps.next(), steps.next(), steps.next(), steps.next()]);
    expect(all.map(({ value }) => value as unknown)).toEqual([1, 4, 9, undefined]);
  });
}
