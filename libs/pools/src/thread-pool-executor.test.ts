import { BrokenExecutorError, WorkerExitError } from '@interleave/core';
import { describe, expect, test, vi } from 'vitest';
import { executorContract } from './executor.contract.js';
import { arriveAndWait, gate } from './fixtures/gate.js';
import { mapContract } from './map.contract.js';
import { nestingContract } from './nesting.contract.js';
import { recyclingContract } from './recycling.contract.js';
import { submitWithContract } from './submit-with.contract.js';
import { ThreadPoolExecutor } from './thread-pool-executor.js';
import { wait } from './wait.js';
import { workerPoolContract } from './worker-pool.contract.js';

describe('ThreadPoolExecutor', () => {
  const subject = { kind: 'thread', make: (options = {}) => new ThreadPoolExecutor(options) } as const;
  describe('executor', () => executorContract(subject));
  describe('submitWith', () => submitWithContract(subject));
  describe('map', () => mapContract(subject));
  describe('workers', () => workerPoolContract(subject));
  describe('nesting', () => nestingContract(subject));
  describe('recycling', () => recyclingContract(subject.make));

  test.each([1, 2])(
    'NOD-12 what has moved to a thread stays there when that computes for long, of %i',
    async (threads) => {
      const executor = new ThreadPoolExecutor({ maxWorkers: threads });
      const size = (milliseconds: number, buffer?: ArrayBuffer): number | undefined => {
        const end = performance.now() + milliseconds;
        while (performance.now() < end);
        return buffer?.byteLength;
      };
      // Known to be quick, so that several are sent at once. Then some take long, and what does not move is taken back.
      for (let round = 0; round < 20; round++) await executor.submit(size, 0).result();
      const slow = Array.from({ length: threads }, () => executor.submit(size, 60));
      const moved = [1, 2, 3, 4, 5].map((n) => {
        const buffer = new ArrayBuffer(n * 8);
        const future = executor.submitWith({ transfer: [buffer] }, size, 0, buffer);
        expect(buffer.byteLength).toBe(0);
        return future;
      });
      const others = Array.from({ length: 10 }, () => executor.submit(size, 0));
      await Promise.all([...slow, ...others].map((future) => future.result()));
      expect(await Promise.all(moved.map((future) => future.result()))).toEqual([8, 16, 24, 32, 40]);
      await executor.shutdown();
    },
  );

  test('NOD-12 what moves and is taken back by its caller is cancelled', async () => {
    const executor = new ThreadPoolExecutor({ maxWorkers: 1 });
    const door = gate();
    const size = async (folder: string | undefined, buffer?: ArrayBuffer): Promise<number | undefined> => {
      if (folder !== undefined) await arriveAndWait(folder, 0);
      return buffer?.byteLength;
    };
    for (let round = 0; round < 20; round++) await executor.submit(size, undefined).result();
    const waits = executor.submit(size, door.folder);
    const moved = [1, 2, 3].map((n) => {
      const buffer = new ArrayBuffer(n * 8);
      return executor.submitWith({ transfer: [buffer] }, size, undefined, buffer);
    });
    expect(moved.map((future) => future.cancel())).toEqual([true, true, true]);
    door.open();
    expect(await executor.submit(size, undefined, new ArrayBuffer(8)).result()).toBe(8);
    await waits.result();
    await executor.shutdown();
    door.close();
  });

  test('NOD-07 F03 a thread that runs out of memory breaks the executor and nothing else', async () => {
    const executor = new ThreadPoolExecutor({ maxWorkers: 1, resourceLimits: { maxOldGenerationSizeMb: 32 } });
    // Small objects: a thread that fills the room with arrays ends the whole process on Node 24, and stays on Node 26.
    const hoard = (): never => {
      let kept: unknown;
      for (;;) kept = { kept, more: [1, 2, 3, 4] };
    };
    const future = executor.submit(hoard);
    const queued = executor.submit(Math.abs, -1);
    const error = await future.exception();
    expect(error).toBeInstanceOf(WorkerExitError);
    expect(error).toMatchObject({ code: 'ERR_WORKER_OUT_OF_MEMORY' });
    expect(await queued.exception()).toBeInstanceOf(BrokenExecutorError);
    await executor.shutdown();
  });

  test('EXE-47 an argument of 256 MiB', { timeout: 60_000 }, async () => {
    const executor = new ThreadPoolExecutor({ maxWorkers: 1 });
    const big = new Uint8Array(256 * 2 ** 20);
    big[big.length - 1] = 7;
    const last = (bytes: Uint8Array): number => bytes[bytes.length - 1] as number;
    expect(await executor.submit(last, big).result()).toBe(7);
    expect(big[big.length - 1]).toBe(7);
    expect(await executor.submit(Math.abs, -1).result()).toBe(1);
    await executor.shutdown();
  });

  test('a SharedArrayBuffer is shared', async () => {
    const executor = new ThreadPoolExecutor({ maxWorkers: 2 });
    const words = new Int32Array(new SharedArrayBuffer(4));
    const add = (shared: Int32Array): void => {
      for (let at = 0; at < 1_000; at++) Atomics.add(shared, 0, 1);
    };
    await wait([1, 2, 3, 4].map(() => executor.submit(add, words)));
    expect(words[0]).toBe(4_000);
    await executor.shutdown();
  });

  test('a task that was sent ahead can be cancelled until a thread has begun it', async () => {
    const executor = new ThreadPoolExecutor({ maxWorkers: 1 });
    const words = new Int32Array(new SharedArrayBuffer(8));
    const step = (shared: Int32Array): number => {
      Atomics.add(shared, 1, 1);
      while (Atomics.load(shared, 0) === 1) Atomics.wait(shared, 0, 1);
      return 1;
    };
    // The function is known to be short, so the next ones go out together.
    for (let at = 0; at < 100; at++) await executor.submit(step, words).result();
    Atomics.store(words, 0, 1);
    Atomics.store(words, 1, 0);
    const futures = Array.from({ length: 10 }, () => executor.submit(step, words));
    await vi.waitFor(() => expect(Atomics.load(words, 1)).toBe(1), { interval: 1 });
    expect(futures.map((future) => future.state)).toEqual(['running', ...new Array<string>(9).fill('pending')]);
    expect(futures.map((future) => future.cancel())).toEqual([false, ...new Array<boolean>(9).fill(true)]);
    Atomics.store(words, 0, 0);
    Atomics.notify(words, 0);
    await executor.shutdown();
    expect(Atomics.load(words, 1)).toBe(1);
  });

  test('an idle thread gets what waits behind a long task at another', async () => {
    const executor = new ThreadPoolExecutor({ maxWorkers: 2 });
    const words = new Int32Array(new SharedArrayBuffer(8));
    const step = (shared: Int32Array, long: boolean): boolean => {
      while (long && Atomics.load(shared, 0) === 0) Atomics.wait(shared, 0, 0);
      Atomics.add(shared, 1, 1);
      return long;
    };
    await wait(Array.from({ length: 1_000 }, () => executor.submit(step, words, false)));
    Atomics.store(words, 1, 0);
    // One in the middle is long; all others run before it is let go.
    const futures = Array.from({ length: 1_000 }, (_, at) => executor.submit(step, words, at === 100));
    await vi.waitFor(() => expect(Atomics.load(words, 1)).toBe(999), { timeout: 8_000, interval: 2 });
    expect(futures[100]?.state).toBe('running');
    Atomics.store(words, 0, 1);
    Atomics.notify(words, 0);
    await executor.shutdown();
    expect(await futures[100]?.result()).toBe(true);
  });
});
