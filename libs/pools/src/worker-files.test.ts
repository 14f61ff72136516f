import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { ProcessPoolExecutor } from './process-pool-executor.js';
import { ThreadPoolExecutor } from './thread-pool-executor.js';

/** The files of our libs that the worker has loaded, as `lib/file`. */
function loadedFiles(): string[] {
  const { _cache: cache } = process.getBuiltinModule('node:module') as unknown as { _cache: object };
  const found = Object.keys(cache).map((file) => /(\w+)[/\\]dist[/\\](?:entry[/\\])?([\w-]+)\.cjs$/.exec(file));
  return found.map((match) => `${match?.[1]}/${match?.[2]}`).sort();
}

const quick = ['pools/pool-worker', 'transfer/index', 'transfer/restore', 'workers/index', 'workers/link'];

describe.each([
  ['thread', ThreadPoolExecutor],
  ['process', ProcessPoolExecutor],
] as const)('a worker (%s)', (kind, Executor) => {
  // Messages of processes are frames in a pipe.
  const first = kind === 'process' ? ['workers/frames', ...quick].sort() : quick;

  // Each further file is a millisecond before the first result, and memory of every idle worker.
  test('loads what a plain task needs, and what an object or an error needs when one comes', async () => {
    const executor = new Executor({ maxWorkers: 1 });
    expect(await executor.submit((list: () => string[]) => list().join(' '), loadedFiles).result()).toBe(
      first.join(' '),
    );
    const fails = (): never => {
      throw new RangeError('no');
    };
    await expect(executor.submit(fails).result()).rejects.toThrow(RangeError);
    const after = await executor.submit(loadedFiles).result();
    expect(after).toEqual(expect.arrayContaining([...first, 'transfer/capture', 'transfer/errors', 'core/index']));
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
