import { SerializationError } from '@interleave/core';
import { afterEach, expect, test } from 'vitest';
import { CoroutinePoolExecutor } from './coroutine-pool-executor.js';
import type { Executor } from './executor.js';
import { ProcessPoolExecutor } from './process-pool-executor.js';
import { ThreadPoolExecutor } from './thread-pool-executor.js';
import { transfer } from './transfer.js';

const opened: Executor[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((executor) => executor.shutdown()));
});

function open(executor: Executor): Executor {
  opened.push(executor);
  return executor;
}

const kept: { pixels?: Uint8Array } = {};

/** Draws for a positive size, and tells the length of what it has drawn before for none. */
const draw = (size: number): Uint8Array | number | undefined => {
  if (size === 0) return kept.pixels?.length;
  kept.pixels = new Uint8Array(size).fill(7);
  return transfer(kept.pixels, [kept.pixels.buffer]);
};

test.each([
  ['thread', 0],
  ['process', 1 << 20],
  ['coroutine', 1 << 20],
] as const)('NOD-12 what a task returns moves to the caller (%s)', async (kind, left) => {
  const Kinds = { thread: ThreadPoolExecutor, process: ProcessPoolExecutor, coroutine: CoroutinePoolExecutor };
  const executor = open(new Kinds[kind]({ maxWorkers: 1 }));
  const pixels = (await executor.submit(draw, 1 << 20).result()) as Uint8Array;
  expect([pixels.length, pixels[5]]).toEqual([1 << 20, 7]);
  expect(await executor.submit(draw, 0).result()).toBe(left);
});

const cache = { bytes: new Uint8Array(0) };

/** Memory that stays with the worker, where each task changes it. */
const again = (round: number): Uint8Array => {
  if (round === 0) cache.bytes = new Uint8Array(1 << 19).fill(1);
  cache.bytes[0] = round;
  return cache.bytes.subarray(0, 300_000);
};

test.each([
  ['thread', ThreadPoolExecutor],
  ['process', ProcessPoolExecutor],
] as const)('large memory is copied both ways, and stays where it was (%s)', async (_kind, Executor) => {
  const executor = open(new Executor({ maxWorkers: 1 }));
  const bytes = new Uint8Array(1 << 20).fill(3);
  const look = (first: Uint8Array, at: number): [number, number] => [first.length, first[at] ?? -1];
  const futures = [0, 1, 2].map((at) => executor.submit(look, bytes.subarray(at), at));
  const looked = await Promise.all(futures.map((future) => future.result()));
  expect(looked).toEqual([0, 1, 2].map((at) => [(1 << 20) - at, 3]));
  expect(bytes).toHaveLength(1 << 20);
  const rounds = [0, 1, 2, 3].map((round) => executor.submit(again, round));
  const views = await Promise.all(rounds.map((future) => future.result()));
  expect(views.map((view) => [view.length, view[0], view[1]])).toEqual(
    [0, 1, 2, 3].map((round) => [300_000, round, 1]),
  );
});

test.each([
  ['thread', ThreadPoolExecutor],
  ['process', ProcessPoolExecutor],
] as const)(
  'a result is what it was when its task returned, whatever the next ones do (%s)',
  async (_kind, Executor) => {
    const executor = open(new Executor({ maxWorkers: 1 }));
    const store = { list: new Map([['round', -1]]) };
    const change = (round: number, tell: boolean): Map<string, number> | number => {
      store.list.set('round', round);
      return tell ? store.list : round;
    };
    // Short ones: they go and are answered together.
    for (let at = 0; at < 20; at += 1) await executor.submit(change, at, false).result();
    const futures = Array.from({ length: 40 }, (_, round) => executor.submit(change, round, round % 2 === 0));
    const found = await Promise.all(futures.map((future) => future.result()));
    expect(found.map((each) => (typeof each === 'number' ? each : each.get('round')))).toEqual([...found.keys()]);
  },
);

test('NOD-12 every item of a chunk may move', async () => {
  const executor = open(new ThreadPoolExecutor({ maxWorkers: 1 }));
  const row = (length: number): Uint8Array => {
    const bytes = new Uint8Array(length);
    return transfer(bytes, [bytes.buffer]);
  };
  const lengths: number[] = [];
  for await (const bytes of executor.map(row, [1, 2, 3, 4], { chunkSize: 2 })) lengths.push(bytes.length);
  expect(lengths).toEqual([1, 2, 3, 4]);
});

test('NOD-12 what moves out of a chunk does not leave with an earlier message', async () => {
  const executor = open(new ThreadPoolExecutor({ maxWorkers: 1 }));
  const slowly = async (wait: number): Promise<Uint8Array> => {
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    const bytes = new Uint8Array(8);
    return transfer(bytes, [bytes.buffer]);
  };
  const same = (n: number): number => n;
  // Short tasks share a message once it is known that they are short.
  for (let at = 0; at < 20; at += 1) {
    await executor.submit(slowly, 0).result();
    await executor.submit(same, at).result();
  }
  const before = [1, 2].map((n) => executor.submit(same, n));
  const chunk = executor.map(slowly, [0, 5], { chunkSize: 2 });
  // So that the message with the first half of what waits holds the chunk, too.
  const behind = Array.from({ length: 20 }, (_, n) => executor.submit(same, n));
  const lengths: number[] = [];
  for await (const bytes of chunk) lengths.push(bytes.length);
  expect(lengths).toEqual([8, 8]);
  expect(await Promise.all(before.map((future) => future.result()))).toEqual([1, 2]);
  await Promise.all(behind.map((future) => future.result()));
});

test('NOD-12 a list with something that cannot move fails its task alone', async () => {
  const executor = open(new ThreadPoolExecutor({ maxWorkers: 1 }));
  const wrong = (): Uint8Array => {
    const bytes = new Uint8Array(8);
    return transfer(bytes, [bytes]);
  };
  await expect(executor.submit(wrong).result()).rejects.toThrow(SerializationError);
  expect(await executor.submit((n: number) => n, 1).result()).toBe(1);
});

test('bad arguments', () => {
  expect(() => transfer(5 as never, [])).toThrow(TypeError);
  expect(() => transfer(null as never, [])).toThrow(TypeError);
  expect(() => transfer({}, {} as never)).toThrow(TypeError);
});
