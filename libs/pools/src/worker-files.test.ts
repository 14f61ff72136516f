import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { moduleTask } from '@interleave/transfer';
import { describe, expect, test } from 'vitest';
import type * as files from './fixtures/loaded-files.mjs';
import { loadedFiles } from './fixtures/loaded-files.mjs';
import { ProcessPoolExecutor } from './process-pool-executor.js';
import { ThreadPoolExecutor } from './thread-pool-executor.js';

const quick = ['pools/pool-worker', 'transfer/restore', 'workers/link'];

describe.each([
  ['thread', ThreadPoolExecutor],
  ['process', ProcessPoolExecutor],
] as const)('a worker (%s)', (kind, Executor) => {
  // Messages of processes are frames in a pipe.
  const first = kind === 'process' ? ['workers/frames', ...quick].sort() : quick;

  // Each further file is a millisecond before the first result, and memory of every idle worker.
  test('loads for an export of a module nothing that reads graphs', async () => {
    const executor = new Executor({ maxWorkers: 1 });
    const file = new URL('./fixtures/loaded-files.mjs', import.meta.url);
    expect(await executor.submit(moduleTask<typeof files>(file, 'loadedFiles')).result()).toEqual(first);
    await executor.shutdown();
  });

  test('loads what a closure needs, and what an object or an error needs when one comes', async () => {
    const executor = new Executor({ maxWorkers: 1 });
    const joined = (): string => loadedFiles().join(' ');
    const closure = [...first, 'transfer/graph'].sort();
    expect(await executor.submit(joined).result()).toBe(closure.join(' '));
    const fails = (): never => {
      throw new RangeError('no');
    };
    await expect(executor.submit(fails).result()).rejects.toThrow(RangeError);
    const after = await executor.submit(loadedFiles).result();
    expect(after).toEqual(expect.arrayContaining([...closure, 'transfer/capture', 'transfer/errors', 'core/index']));
    expect(after).not.toContain('workers/children');
    await executor.shutdown();
  });
});

test('a thread needs neither the search for packages by their names nor the clock of `performance`', async () => {
  const executor = new ThreadPoolExecutor({ maxWorkers: 1 });
  const slow = (): string[] => {
    const { moduleLoadList } = process as unknown as { readonly moduleLoadList: readonly string[] };
    return moduleLoadList.filter((part) => /esm\/resolve$|perf_hooks$/.test(part));
  };
  // What Node itself loads for a thread, which is more on some versions.
  const report = `require('node:worker_threads').parentPort.postMessage((${slow.toString()})())`;
  const [known] = (await once(new Worker(report, { eval: true, execArgv: [] }), 'message')) as [string[]];
  expect((await executor.submit(slow).result()).filter((part) => !known.includes(part))).toEqual([]);
  await executor.shutdown();
});
