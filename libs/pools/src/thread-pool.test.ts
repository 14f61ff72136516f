import { describe, expect, test } from 'vitest';
import { sqr } from './fixtures/tasks.js';
import { poolContract } from './pool.contract.js';
import { poolWorkersContract } from './pool-workers.contract.js';
import { ThreadPool } from './thread-pool.js';

describe('ThreadPool', () => {
  describe('work', () => poolContract('thread'));
  describe('workers', () => poolWorkersContract('thread'));

  test('POOL-27 a pool much larger than the machine', async () => {
    const pool = new ThreadPool({ processes: 64 });
    const items = Array.from({ length: 1_000 }, (_, at) => at);
    expect(await pool.map(sqr, items)).toEqual(items.map(sqr));
    pool.close();
    await pool.join();
    expect(pool.name).toMatch(/^ThreadPool-\d+$/);
  });

  test('NOD-07 F03 a thread that runs out of memory is replaced', async () => {
    const pool = new ThreadPool({ processes: 1, resourceLimits: { maxOldGenerationSizeMb: 32 } });
    const hoard = (): never => {
      const kept: unknown[] = [];
      for (;;) kept.push(new Array(1_000).fill(kept.length));
    };
    const lost = pool.applyAsync(hoard);
    const next = pool.applyAsync(sqr, [3]);
    await expect(lost.get()).rejects.toMatchObject({ name: 'WorkerExitError', code: 'ERR_WORKER_OUT_OF_MEMORY' });
    expect(await next.get()).toBe(9);
    await pool.terminate();
  });
});
