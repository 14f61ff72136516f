import { WorkerExitError } from '@interleave/core';
import { describe, expect, test, vi } from 'vitest';
import { poolContract } from './pool.contract.js';
import { Pool } from './pool.js';
import { poolWorkersContract } from './pool-workers.contract.js';
import { crash, sleep, sqr, whereAmI } from './fixtures/tasks.js';

describe('Pool', () => {
  describe('work', () => poolContract('process'));
  describe('workers', () => poolWorkersContract('process'));

  test('F02 a process that is killed from outside: the error says so, and the pool goes on', async () => {
    const pool = new Pool({ processes: 1 });
    const pid = Number((await pool.apply(whereAmI)).split(':')[0]);
    const result = pool.applyAsync(sleep, [60_000]);
    const next = pool.applyAsync(sqr, [3]);
    process.kill(pid, 'SIGKILL');
    const error = (await result.get().catch((reason: unknown) => reason)) as WorkerExitError;
    expect(error).toBeInstanceOf(WorkerExitError);
    expect(error).toMatchObject({ exitCode: null, signal: 'SIGKILL', pid });
    expect(error.message).toMatch(/task "sleep".*SIGKILL from outside, often for lack of memory, after \d+ ms/);
    expect(await next.get()).toBe(9);
    await pool.terminate();
  });

  test('F01 a native crash', async () => {
    const silent = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const pool = new Pool({ processes: 1 });
    await expect(pool.apply(crash)).rejects.toMatchObject({ signal: 'SIGABRT' });
    expect(await pool.apply(sqr, [2])).toBe(4);
    await pool.terminate();
    silent.mockRestore();
  });
});
