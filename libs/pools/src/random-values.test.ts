/** Values drawn by chance, sent and sent back in every way there is. More of them: SEEDS=20000 vitest run random-values */
import { Seeded } from './fixtures/seeded.js';
import { collect } from '@interleave/core';
import { afterAll, describe, expect, test } from 'vitest';
import { difference } from './fixtures/difference.js';
import { Corner, Place, randomValue } from './fixtures/random-values.js';
import { same } from './fixtures/tasks.js';
import { ProcessPoolExecutor } from './process-pool-executor.js';
import { ThreadPoolExecutor } from './thread-pool-executor.js';

const SEEDS = Number(process.env['SEEDS'] ?? 80);
const FIRST = Number(process.env['FIRST_SEED'] ?? 1);

describe.each(['thread', 'process'] as const)('%s', (kind) => {
  const executor = new (kind === 'thread' ? ThreadPoolExecutor : ProcessPoolExecutor)({ maxWorkers: 2 });
  afterAll(() => executor.shutdown());

  /** Sends as many values as there are seeds in some way, and lists what came back as something else. */
  async function changed(send: (value: unknown) => Promise<unknown>): Promise<string[]> {
    const found: string[] = [];
    const one = async (seed: number): Promise<void> => {
      const value = randomValue(new Seeded(seed), kind);
      try {
        // In a process, memory that views share is copied for each.
        const differs = difference(value, await send(value), { apart: kind === 'process' });
        if (differs !== undefined) found.push(`seed ${seed}: ${differs}`);
      } catch (error) {
        found.push(`seed ${seed}: ${String(error)}`);
      }
    };
    for (let from = FIRST; from < FIRST + SEEDS; from += 50) {
      await Promise.all(Array.from({ length: Math.min(50, FIRST + SEEDS - from) }, (_, at) => one(from + at)));
    }
    return found;
  }

  test('NOD-11 as an argument and a result', async () => {
    expect(await changed((value) => executor.submit(same<unknown>, value).result())).toEqual([]);
  });

  test('NOD-11 as what a function closes over', async () => {
    expect(await changed((value) => executor.submit(() => value).result())).toEqual([]);
  });

  test('NOD-11 as a field of what a function closes over, which other functions share', async () => {
    let count = 0;
    const send = async (value: unknown): Promise<unknown> => {
      // A function's copy stays in its worker, so that equal ones would count on.
      const first = (count += 10);
      const holder = { value, seen: first };
      const look = (): unknown => ((holder.seen += 1), holder.value);
      const task = (): unknown => [look() === look(), holder.seen, holder.value];
      const [identical, seen, back] = (await executor.submit(task).result()) as unknown[];
      expect([identical, seen]).toEqual([!Number.isNaN(value), first + 2]);
      return back;
    };
    expect(await changed(send)).toEqual([]);
  });

  test('NOD-11 as a field of what is thrown', async () => {
    const send = (value: unknown): Promise<unknown> => {
      const fail = (given: unknown): never => {
        throw Object.assign(new Error('with a value'), { given });
      };
      return executor
        .submit(fail, value)
        .exception()
        .then((error) => (error as Error & { given: unknown }).given);
    };
    expect(await changed(send)).toEqual([]);
  });

  test('NOD-11 as an item of a chunk', async () => {
    const send = async (value: unknown): Promise<unknown> => {
      const [first, second] = await collect(executor.map(same<unknown>, [value, value], { chunkSize: 2 }));
      expect(difference(first, second, { apart: true })).toBe(undefined);
      return first;
    };
    expect(await changed(send)).toEqual([]);
  });

  test('NOD-11 instances are of their classes, here and there', async () => {
    const corner = new Corner(5);
    const look = (given: Corner): unknown[] => [given instanceof Corner, given instanceof Place, given.label, given];
    const [own, base, label, back] = await executor.submit(look, corner).result();
    expect([own, base, label]).toEqual([true, true, corner.label]);
    expect(back).toBeInstanceOf(Corner);
  });
});
