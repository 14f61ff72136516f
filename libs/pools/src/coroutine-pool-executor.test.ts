import { collect, scoped } from '@interleave/core';
import { describe, expect, test } from 'vitest';
import { asCompleted } from './as-completed.js';
import { currentTask } from './current-task.js';
import { executorContract } from './executor.contract.js';
import { mapContract } from './map.contract.js';
import { submitWithContract } from './submit-with.contract.js';
import { CoroutinePoolExecutor } from './coroutine-pool-executor.js';

describe('CoroutinePoolExecutor', () => {
  const subject = { kind: 'coroutine', make: (options = {}) => new CoroutinePoolExecutor(options) } as const;
  describe('executor', () => executorContract(subject));
  describe('submitWith', () => submitWithContract(subject));
  describe('map', () => mapContract(subject));
});

describe('F16 a task waits for a task of its own full executor', () => {
  const nested = async (pool: CoroutinePoolExecutor, depth: number): Promise<string> => {
    if (depth === 0) return currentTask().worker;
    return pool.submit(nested, pool, depth - 1).result();
  };

  test('which runs in its place, however deep', async () => {
    for (const depth of [1, 3, 50]) {
      await scoped(new CoroutinePoolExecutor({ maxWorkers: 1 }), async (pool) => {
        expect(await pool.submit(nested, pool, depth).result()).toMatch(/_0$/);
        expect(pool.stats()).toMatchObject({ succeeded: depth + 1, running: 0, waiting: 0 });
      });
    }
  });

  test('all places at once, with others in the queue', async () => {
    await scoped(new CoroutinePoolExecutor({ maxWorkers: 3 }), async (pool) => {
      const all = Array.from({ length: 20 }, () => pool.submit(nested, pool, 3));
      expect(new Set(await Promise.all(all.map((future) => future.result()))).size).toBe(3);
    });
  });

  test('never more at work than places, also if it waits for many', async () => {
    await scoped(new CoroutinePoolExecutor({ maxWorkers: 2 }), async (pool) => {
      let inside = 0;
      let most = 0;
      const work = async (): Promise<void> => {
        most = Math.max(most, (inside += 1));
        await new Promise((resolve) => setImmediate(resolve));
        inside -= 1;
      };
      const many = async (): Promise<void> => {
        const futures = Array.from({ length: 10 }, () => pool.submit(work));
        await collect(asCompleted(futures));
      };
      await Promise.all([pool.submit(many).result(), pool.submit(many).result()]);
      expect(most).toBe(2);
    });
  });

  test('a place is free again when the one that waited was given up', async () => {
    await scoped(new CoroutinePoolExecutor({ maxWorkers: 1 }), async (pool) => {
      let go = (): void => {};
      const held = (): Promise<void> => new Promise((resolve) => (go = resolve));
      const outer = pool.submitWith({ timeout: 20 }, () => pool.submit(held).result());
      await expect(outer.result()).rejects.toThrow('ran longer than 20 ms');
      const next = pool.submit(() => 'next');
      expect(pool.stats()).toMatchObject({ running: 1, waiting: 1 });
      go();
      expect(await next.result()).toBe('next');
    });
  });
});
