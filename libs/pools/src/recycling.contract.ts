/** When a worker is replaced because of its age or its memory; threads and processes alike. */
import { expect, test } from 'vitest';
import type { Executor } from './executor.js';
import { contractRig } from './fixtures/contract-rig.js';
import { whereAmI, workerName } from './fixtures/tasks.js';
import type { WorkerPoolOptions } from './worker-pool-options.js';

const store: unknown[] = [];

/** Keeps as many mebibytes as asked for. */
const hoard = (mebibytes: number): string => {
  for (let each = 0; each < mebibytes; each++) store.push(new Uint8Array(1 << 20).fill(1));
  return whereAmI();
};

/** Registers the tests. */
export function recyclingContract(make: (options?: WorkerPoolOptions) => Executor): void {
  const { open, until } = contractRig<WorkerPoolOptions>(make);

  test('F12 maxAgePerChild: a worker that is too old is replaced when it has done a task', async () => {
    const executor = open({ maxWorkers: 1, maxAgePerChild: 0.001 });
    const places = [];
    for (let at = 0; at < 3; at++) places.push(await executor.submit(whereAmI).result());
    expect(new Set(places).size).toBe(3);
    const settled = open({ maxWorkers: 1, maxAgePerChild: 3_600_000 });
    expect(await settled.submit(whereAmI).result()).toBe(await settled.submit(whereAmI).result());
  });

  test('F12 maxMemoryPerChild: a worker that takes too much is replaced, and nothing is lost', async () => {
    const executor = open({ maxWorkers: 1, maxMemoryPerChild: 200 << 20 });
    const small = await executor.submit(hoard, 1).result();
    expect(await executor.submit(hoard, 1).result()).toBe(small);
    const large = executor.submit(hoard, 250);
    const behind = Array.from({ length: 20 }, () => executor.submit(workerName));
    expect(await large.result()).toBe(small);
    await Promise.all(behind.map((future) => future.result()));
    await until(() => executor.stats().workers <= 1);
    let last = small;
    while (last === small) last = await executor.submit(whereAmI).result();
    expect(executor.stats()).toMatchObject({ failed: 0, waiting: 0 });
  });

  test('bad limits are refused', () => {
    for (const bad of [0, -1, NaN]) expect(() => make({ maxAgePerChild: bad })).toThrow(RangeError);
    expect(() => make({ maxAgePerChild: '1' as never })).toThrow(TypeError);
    for (const bad of [0, -1, 0.5, Infinity]) expect(() => make({ maxMemoryPerChild: bad })).toThrow(RangeError);
    expect(() => make({ maxMemoryPerChild: '1' as never })).toThrow(TypeError);
  });
}
