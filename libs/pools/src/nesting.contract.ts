/** Tasks that want to submit tasks themselves, for executors with real workers. */
import { RecursionDepthError, SerializationError } from '@interleave/core';
import { expect, test } from 'vitest';
import { contractRig } from './fixtures/contract-rig.js';
import { nest } from './fixtures/nest.mjs';
import { sqr } from './fixtures/tasks.js';
import { MAX_POOL_DEPTH } from './worker-pool-options.js';
import type { WorkerPoolSubject } from './worker-pool.contract.js';

/** Registers the tests. */
export function nestingContract({ kind, make }: WorkerPoolSubject): void {
  const { open } = contractRig(make);

  test('EXE-46 a task may make a pool, to a limited depth', async () => {
    const executor = open({ maxWorkers: 1 });
    // This executor's worker is 1 deep, and makes pools whose workers are 2, 3 and 4 deep; those may make no more.
    expect(await executor.submit(nest, kind, MAX_POOL_DEPTH - 1).result()).toBe('deepest');
    await expect(executor.submit(nest, kind, MAX_POOL_DEPTH).result()).rejects.toThrow(RecursionDepthError);
  });

  test('F16 a task cannot wait for another one of its own full executor, and is told so before it begins', async () => {
    const executor = open({ maxWorkers: 1 });
    const first = executor.submit(sqr, 2);
    const attempts = [
      executor.submit(async () => executor.submit(sqr, 3).result()),
      executor.submit(async (other: typeof executor) => other.submit(sqr, 3).result(), executor),
    ];
    for (const attempt of attempts) {
      const error = await attempt.exception();
      expect(error).toBeInstanceOf(SerializationError);
      expect((error as Error).message).toMatch(/stays where it was made; submit from there, or make one in the task$/);
    }
    await expect(executor.submit(async () => first.result()).result()).rejects.toThrow(
      /first is a Future.*await its result, and pass that$/,
    );
    expect(await executor.submit(sqr, await first.result()).result()).toBe(16);
  });
}
