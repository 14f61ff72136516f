import { BrokenExecutorError, WorkerExitError } from '@interleave/core';
import { describe, expect, test, vi } from 'vitest';
import { executorContract } from './executor.contract.js';
import { arriveAndWait, gate } from './fixtures/gate.js';
import { crash, same, sleep, whereAmI } from './fixtures/tasks.js';
import { mapContract } from './map.contract.js';
import { nestingContract } from './nesting.contract.js';
import { recyclingContract } from './recycling.contract.js';
import { submitWithContract } from './submit-with.contract.js';
import { ProcessPoolExecutor } from './process-pool-executor.js';
import { wait } from './wait.js';
import { workerPoolContract } from './worker-pool.contract.js';

describe('ProcessPoolExecutor', () => {
  const subject = { kind: 'process', make: (options = {}) => new ProcessPoolExecutor(options) } as const;
  describe('executor', () => executorContract(subject));
  describe('submitWith', () => submitWithContract(subject));
  describe('map', () => mapContract(subject));
  describe('workers', () => workerPoolContract(subject));
  describe('nesting', () => nestingContract(subject));
  describe('recycling', () => recyclingContract(subject.make));

  test('EXE-26 EXE-27 F02 a worker that is killed fails its task at once', async () => {
    const executor = new ProcessPoolExecutor({ maxWorkers: 1 });
    const pid = Number((await executor.submit(whereAmI).result()).split(':')[0]);
    const future = executor.submit(sleep, 60_000);
    const queued = executor.submit(same<number>, 1);
    await vi.waitFor(() => expect(future.running()).toBe(true), { interval: 2 });
    process.kill(pid, 'SIGKILL');
    const error = (await future.exception()) as WorkerExitError;
    expect(error).toBeInstanceOf(WorkerExitError);
    expect(error).toMatchObject({ exitCode: null, signal: 'SIGKILL', pid });
    expect(error.message).toContain('task "sleep"');
    expect(error.message).toContain(`(pid ${pid})`);
    expect(error.message).toMatch(/SIGKILL from outside, often for lack of memory, after \d+ ms/);
    expect(await queued.exception()).toBeInstanceOf(BrokenExecutorError);
    expect(() => executor.submit(same<number>, 1)).toThrow(BrokenExecutorError);
    await executor.shutdown();
  });

  test('an idle process gets what waits behind a task that waits at another', async () => {
    const executor = new ProcessPoolExecutor({ maxWorkers: 2 });
    const here = gate();
    const step = (folder: string, n: number): number | Promise<number> => (n === 100 ? arriveAndWait(folder, n) : n);
    await wait(Array.from({ length: 1_000 }, () => executor.submit(step, here.folder, 0)));
    // One in the middle waits; all others are done before it is let go.
    const futures = Array.from({ length: 1_000 }, (_, n) => executor.submit(step, here.folder, n));
    await wait(futures.filter((_, n) => n !== 100));
    expect(futures[100]?.done()).toBe(false);
    here.open();
    expect(await futures[100]?.result()).toBe(100);
    here.close();
    await executor.shutdown();
  });

  test('EXE-31 a native crash fails its task, and shutdown still resolves', async () => {
    const silent = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const executor = new ProcessPoolExecutor({ maxWorkers: 1 });
    await expect(executor.submit(crash).result()).rejects.toMatchObject({ signal: 'SIGABRT' });
    await executor.shutdown();
    silent.mockRestore();
  });

  test('EXE-47 an argument of 256 MiB', { timeout: 60_000 }, async () => {
    const executor = new ProcessPoolExecutor({ maxWorkers: 1 });
    const big = new Uint8Array(256 * 2 ** 20);
    big[big.length - 1] = 7;
    const last = (bytes: Uint8Array): number => bytes[bytes.length - 1] as number;
    expect(await executor.submit(last, big).result()).toBe(7);
    expect(await executor.submit(same<number>, 1).result()).toBe(1);
    await executor.shutdown();
  });
});
