/** What `AsyncLocalStorage` holds at the submit, it holds in the task; for all kinds of executors. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { SerializationError, collect } from '@interleave/core';
import { carryContext } from '@interleave/transfer';
import { expect, test } from 'vitest';
import type { ContractSubject } from './executor.contract.js';
import { contractRig } from './fixtures/contract-rig.js';

interface Request {
  readonly id: number;
  readonly at: Date;
}

const request = carryContext(new AsyncLocalStorage<Request>(), 'request of the tests');
const user = carryContext(new AsyncLocalStorage<string>(), 'user of the tests');

/** Registers the tests. */
export function carryContextContract({ kind, make }: ContractSubject): void {
  const { open } = contractRig(make);
  const at = new Date(0);

  test('a task sees what the storages held at its submit, also after it has waited', async () => {
    const executor = open({ maxWorkers: 1 });
    const look = async (label: string): Promise<unknown> => {
      const before = request.getStore()?.id;
      await new Promise((resolve) => setImmediate(resolve));
      return [label, before, request.getStore()?.at.getTime(), user.getStore()];
    };
    const futures = [
      request.run({ id: 1, at }, () => executor.submit(look, 'a')),
      request.run({ id: 2, at }, () => user.run('ada', () => executor.submit(look, 'b'))),
      executor.submit(look, 'c'),
    ];
    expect(await Promise.all(futures.map((future) => future.result()))).toEqual([
      ['a', 1, 0, undefined],
      ['b', 2, 0, 'ada'],
      ['c', undefined, undefined, undefined],
    ]);
  });

  test('the calls of a map, one by one and in chunks, and a task with a buffer that moves', async () => {
    const executor = open();
    const add = (n: number): number => n + (request.getStore()?.id ?? 0);
    for (const chunkSize of [1, 4]) {
      const all = request.run({ id: 10, at }, () => executor.map(add, [1, 2, 3, 4, 5], { chunkSize }));
      expect(await collect(all)).toEqual([11, 12, 13, 14, 15]);
    }
    const buffer = new ArrayBuffer(8);
    const size = (moved: ArrayBuffer): string => `${user.getStore()} ${moved.byteLength}`;
    const future = user.run('ada', () => executor.submitWith({ transfer: [buffer] }, size, buffer));
    expect(await future.result()).toBe('ada 8');
  });

  if (kind === 'coroutine') return;

  test('a storage that a module exports is the one of that module in the worker', async () => {
    // The module as it is installed: here and in the workers the same.
    const { session, whose } = await import('./fixtures/session.mjs');
    const executor = open({ maxWorkers: 1 });
    const { ThreadPoolExecutor, ProcessPoolExecutor } = await import('@interleave/pools');
    const Executor = kind === 'thread' ? ThreadPoolExecutor : ProcessPoolExecutor;
    await using installed = new Executor({ maxWorkers: 1 });
    expect(await session.run('s-1', () => installed.submit(whose)).result()).toBe('s-1');
    expect(await installed.submit(whose).result()).toBe(undefined);
    expect(await executor.submit(whose).result()).toBe(undefined);
  });

  test('what cannot travel fails the task, with its path; a storage that is not carried is refused', async () => {
    const executor = open();
    const bad = request.run({ id: 1, at, socket: Promise.resolve() } as never, () => executor.submit(() => 1));
    const error = await bad.exception();
    expect(error).toBeInstanceOf(SerializationError);
    expect((error as SerializationError).path).toContain('context/request of the tests/socket');
    const stays = new AsyncLocalStorage();
    await expect(executor.submit(() => stays.getStore()).result()).rejects.toThrow(/carryContext\(storage, name\)/);
  });
}
