/** What a thread finds there when it comes up: its first task, which was sent to it on its way. */
import { BrokenExecutorError } from '@interleave/core';
import { startProcess, startThread, type StartWorkerOptions, type WorkerHandle } from '@interleave/workers';
import { expect, test } from 'vitest';
import { WORKER_STARTER, type WithStarter } from './dispatcher/starter.js';
import { poolRig } from './fixtures/pool-rig.js';
import { ProcessPoolExecutor } from './process-pool-executor.js';
import { ThreadPoolExecutor, type ThreadPoolExecutorOptions } from './thread-pool-executor.js';

/** Options whose starter counts the tasks that are sent to workers which are not ready. */
function counting(
  start: (options: StartWorkerOptions) => WorkerHandle,
): ThreadPoolExecutorOptions & WithStarter & { early: number } {
  const counted = {
    maxWorkers: 2,
    early: 0,
    [WORKER_STARTER]: (options: StartWorkerOptions): WorkerHandle => {
      let ready = false;
      const onReady = (): void => {
        ready = true;
        options.onReady();
      };
      const handle = start({ ...options, onReady });
      const post = (message: unknown, transfer?: readonly object[]): void => {
        if (!ready && Array.isArray(message)) counted.early += 1;
        handle.post(message, transfer);
      };
      return Object.create(handle, { post: { value: post } }) as WorkerHandle;
    },
  };
  return counted;
}

/** Starts the first worker with an entry of its own. */
function firstWith(entry: string): (options: StartWorkerOptions) => WorkerHandle {
  let first = true;
  return (options) => {
    const here = first ? { ...options, entry: new URL(`./fixtures/${entry}`, import.meta.url) } : options;
    first = false;
    return startThread(here);
  };
}

const double = (n: number): number => n * 2;

test('each thread that starts is sent one task, and what waits gets its turn', async () => {
  const options = counting(startThread);
  const executor = new ThreadPoolExecutor(options);
  const futures = [1, 2, 3, 4, 5].map((n) => executor.submit(double, n));
  await Promise.resolve();
  expect(options.early).toBe(2);
  // A thread may have come up while this one was kept waiting, and have begun.
  const { workers, running, waiting } = executor.stats();
  expect([workers, running + waiting]).toEqual([2, 5]);
  for (const { state } of futures) expect(['pending', 'running']).toContain(state);
  expect(await Promise.all(futures.map((future) => future.result()))).toEqual([2, 4, 6, 8, 10]);
  expect(options.early).toBe(2);
  await executor.shutdown();
});

test('EXE-08 what a thread was sent on its way can be cancelled, and does not run', async () => {
  const options = counting(startThread);
  const executor = new ThreadPoolExecutor({ ...options, maxWorkers: 1 });
  const words = new Int32Array(new SharedArrayBuffer(4));
  const future = executor.submit((shared: Int32Array) => Atomics.add(shared, 0, 1), words);
  await Promise.resolve();
  expect(future.cancel()).toBe(true);
  expect(await executor.submit(double, 1).result()).toBe(2);
  expect(words[0]).toBe(0);
  await executor.shutdown();
});

test('nothing is sent before an initializer has run, nor to a process, where it could not be taken back', async () => {
  const threads = counting(startThread);
  const processes = counting(startProcess);
  const executors = [new ThreadPoolExecutor({ ...threads, initializer: () => {} }), new ProcessPoolExecutor(processes)];
  for (const executor of executors) {
    expect(await Promise.all([1, 2].map((n) => executor.submit(double, n).result()))).toEqual([2, 4]);
    await executor.shutdown();
  }
  expect([threads.early, processes.early]).toEqual([0, 0]);
});

test('objects that move do not leave with a thread that is starting', async () => {
  const options = counting(startThread);
  const executor = new ThreadPoolExecutor(options);
  const buffer = new ArrayBuffer(8);
  const size = (given: ArrayBuffer): number => given.byteLength;
  const future = executor.submitWith({ transfer: [buffer] }, size, buffer);
  expect([buffer.byteLength, options.early]).toEqual([0, 0]);
  expect(await future.result()).toBe(8);
  await executor.shutdown();
});

test('F13 a task does not wait for its thread to come up while another one is idle', async () => {
  const options = counting(firstWith('endless-entry.mjs'));
  const executor = new ThreadPoolExecutor(options);
  const futures = [1, 2].map((n) => executor.submit(double, n));
  expect(await Promise.all(futures.map((future) => future.result()))).toEqual([2, 4]);
  expect(options.early).toBe(2);
  await executor.terminateWorkers();
});

test('EXE-26 a thread that ends before it is up breaks the executor; its task has not run', async () => {
  const options = counting(firstWith('leaving-entry.mjs'));
  const executor = new ThreadPoolExecutor({ ...options, maxWorkers: 1 });
  const error: unknown = await executor.submit(double, 1).exception();
  expect(error).toBeInstanceOf(BrokenExecutorError);
  expect((error as Error).message).toMatch(/exited with code 3 before it was ready/);
  await executor.shutdown();
});

const { open } = poolRig('thread');

test('F13 in a Pool, what was sent to a thread that never came up runs in the next one', async () => {
  const options = counting(firstWith('leaving-entry.mjs'));
  const pool = open({ processes: 1, [WORKER_STARTER]: options[WORKER_STARTER]! });
  expect(await Promise.all([1, 2].map((n) => pool.apply(double, [n])))).toEqual([2, 4]);
  expect(options.early).toBe(1);
});
