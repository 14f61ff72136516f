/** Values that a task yields while it runs; for all kinds of executors. */
import { CancelledError, InvalidStateError, SerializationError, TimeoutError, collect } from '@interleave/core';
import { expect, test } from 'vitest';
import { currentTask } from './current-task.js';
import type { ContractSubject } from './executor.contract.js';
import { contractRig } from './fixtures/contract-rig.js';
import { noop, sqr } from './fixtures/tasks.js';

/** Registers the tests. */
export function streamContract({ kind, make }: ContractSubject): void {
  const { open, openGate, until } = contractRig(make);

  const count = function* (to: number): Generator<number> {
    for (let n = 1; n <= to; n++) yield n;
  };

  test('the values of a generator arrive in order, more than there is room for', async () => {
    const executor = open({ maxWorkers: 1 });
    expect(await collect(executor.stream(count, 100))).toEqual(Array.from({ length: 100 }, (_, at) => at + 1));
    expect(await collect(executor.streamWith({ bufferSize: 1 }, count, 5))).toEqual([1, 2, 3, 4, 5]);
    expect(await collect(executor.stream(count, 0))).toEqual([]);
    expect(await executor.submit(sqr, 3).result()).toBe(9);
    expect(executor.stats()).toMatchObject({ succeeded: 4, failed: 0, cancelled: 0 });
  });

  test('async generators, promises of lists, and objects with their class', async () => {
    const executor = open();
    const slowly = async function* (to: number): AsyncGenerator<Error> {
      for (let n = 1; n <= to; n++) {
        await new Promise((resolve) => setImmediate(resolve));
        yield new InvalidStateError(`number ${n}`);
      }
    };
    const errors = await collect(executor.stream(slowly, 3));
    expect(errors.every((error) => error instanceof InvalidStateError)).toBe(true);
    expect(errors.map(({ message }) => message)).toEqual(['number 1', 'number 2', 'number 3']);
    expect(await collect(executor.stream((n: number) => [n, n + 1], 1))).toEqual([1, 2]);
  });

  test('values arrive while the task runs, and it is never further ahead than the buffer', async () => {
    const executor = open({ maxWorkers: 1 });
    const door = openGate();
    const report = function* (folder: string): Generator<number> {
      for (let n = 1; n <= 20; n++) {
        process.getBuiltinModule('node:fs').writeFileSync(`${folder}/task-${n}`, '');
        yield n;
      }
    };
    const values = executor.streamWith({ bufferSize: 4 }, report, door.folder);
    await until(() => door.arrived() >= 4);
    expect((await values.next()).value).toBe(1);
    expect(executor.stats().running).toBe(1);
    expect(door.arrived()).toBeLessThanOrEqual(5);
    for (let n = 2; n <= 20; n++) {
      expect((await values.next()).value).toBe(n);
      expect(door.arrived()).toBeLessThanOrEqual(n + 5);
    }
    expect(await values.next()).toEqual({ done: true, value: undefined });
    expect(await values.next()).toEqual({ done: true, value: undefined });
  });

  test('leaving the loop closes the generator and frees the worker', async () => {
    const executor = open({ maxWorkers: 1 });
    const door = openGate();
    const endless = function* (folder: string): Generator<number> {
      try {
        for (let n = 0; ; n++) yield n;
      } finally {
        process.getBuiltinModule('node:fs').writeFileSync(`${folder}/task-closed`, '');
      }
    };
    for await (const value of executor.stream(endless, door.folder)) if (value === 30) break;
    await until(() => door.arrived() === 1);
    expect(await executor.submit(sqr, 2).result()).toBe(4);
    expect(executor.stats()).toMatchObject({ cancelled: 1, succeeded: 1, running: 0 });
  });

  test('an error comes after the values before it, once', async () => {
    const executor = open();
    const broken = function* (): Generator<number> {
      yield 1;
      yield 2;
      throw new RangeError('no third');
    };
    const values = executor.stream(broken);
    expect([(await values.next()).value, (await values.next()).value]).toEqual([1, 2]);
    await expect(values.next()).rejects.toThrow(new RangeError('no third'));
    expect(await values.next()).toEqual({ done: true, value: undefined });
    await expect(collect(executor.stream(noop as never))).rejects.toThrow(/returned nothing to iterate/);
  });

  test('a signal and a time limit end the stream', async () => {
    const executor = open({ maxWorkers: 1 });
    const waiting = async function* (): AsyncGenerator<number> {
      yield 1;
      const { signal } = currentTask();
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    };
    const aborting = new AbortController();
    const values = executor.streamWith({ signal: aborting.signal }, waiting);
    expect((await values.next()).value).toBe(1);
    const next = values.next();
    aborting.abort(new Error('enough'));
    await expect(next).rejects.toThrow(CancelledError);
    const limited = executor.streamWith({ timeout: 50 }, waiting);
    await expect(collect(limited)).rejects.toThrow(TimeoutError);
    expect(await executor.submit(sqr, 2).result()).toBe(4);
  });

  test('several readers of one stream share its values', async () => {
    const values = open().stream(count, 10);
    const [first, second] = await Promise.all([collect(values), collect(values)]);
    expect([...first, ...second].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  test('bad options are refused at the call', () => {
    const executor = open();
    for (const bufferSize of [0, 1.5, 2 ** 21]) {
      expect(() => executor.streamWith({ bufferSize }, count, 1)).toThrow(RangeError);
    }
    expect(() => executor.streamWith({ bufferSize: '4' as never }, count, 1)).toThrow(TypeError);
    expect(() => executor.stream(3 as never)).toThrow(TypeError);
  });

  if (kind === 'coroutine') return;

  test('a value that cannot travel ends the stream with its path', async () => {
    const odd = function* (): Generator<unknown> {
      yield 1;
      yield { deep: { socket: Promise.resolve() } };
    };
    const values = open().stream(odd);
    expect((await values.next()).value).toBe(1);
    const error: unknown = await values.next().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SerializationError);
    expect((error as Error).message).toContain('a value of task "odd"');
  });
}
