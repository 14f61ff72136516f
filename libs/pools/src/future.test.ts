import { AsyncLocalStorage } from 'node:async_hooks';
import { inspect } from 'node:util';
import { CancelledError, InvalidStateError, TimeoutError, setUncaughtHandler } from '@interleave/core';
import { expect, test } from 'vitest';
import { Future } from './future.js';

type State = 'pending' | 'running' | 'cancelled' | 'failed' | 'succeeded';

function make(state: State): Future<number> {
  const future = new Future<number>('work');
  if (state === 'cancelled') future.cancel();
  if (state === 'running' || state === 'failed' || state === 'succeeded') future.setRunningOrNotifyCancel();
  if (state === 'failed') future.setException(new RangeError('no'));
  if (state === 'succeeded') future.setResult(42);
  return future;
}

const STATES: State[] = ['pending', 'running', 'cancelled', 'failed', 'succeeded'];

test('FUT-01 a callback runs once with the future when a result is set', () => {
  const future = make('pending');
  const seen: unknown[][] = [];
  future.addDoneCallback((...args: unknown[]) => seen.push(args));
  future.setResult(5);
  expect(seen).toEqual([[future]]);
  expect(() => future.addDoneCallback(3 as never)).toThrow(TypeError);
});

test('FUT-02 a callback sees the exception', async () => {
  const future = make('pending');
  const error = new Error('bad');
  let exception: unknown;
  future.addDoneCallback((done) => (exception = done.exception()));
  future.setException(error);
  expect(await exception).toBe(error);
});

test('FUT-03 a callback runs once on cancel', () => {
  const future = make('pending');
  const seen: boolean[] = [];
  future.addDoneCallback((done) => seen.push(done.cancelled()));
  expect([future.cancel(), future.cancel()]).toEqual([true, true]);
  expect(seen).toEqual([true]);
});

test.each<State>(['succeeded', 'failed', 'cancelled'])('FUT-04 a callback added when %s runs at once', (state) => {
  const seen: Future<number>[] = [];
  const future = make(state);
  future.addDoneCallback((done) => seen.push(done));
  expect(seen).toEqual([future]);
});

test('FUT-05 callbacks run in order, the same one twice, and one that throws disturbs nobody', async () => {
  const reported: string[] = [];
  const before = setUncaughtHandler((error, { where }) => reported.push(`${String(error)} in ${where}`));
  try {
    const future = make('pending');
    const order: string[] = [];
    const twice = (): number => order.push('a');
    future.addDoneCallback(twice);
    future.addDoneCallback(() => {
      throw new Error('sync');
    });
    future.addDoneCallback(async () => {
      throw new Error('async');
    });
    future.addDoneCallback(twice);
    future.addDoneCallback(() => order.push('b'));
    future.setResult(1);
    expect(order).toEqual(['a', 'a', 'b']);
    await Promise.resolve();
    expect(reported).toEqual([
      'Error: sync in a done-callback of <Future "work" finished returned number>',
      'Error: async in a done-callback of <Future "work" finished returned number>',
    ]);
  } finally {
    setUncaughtHandler(before);
  }
});

test('FUT-06 inspect shows the state and never the value', () => {
  expect(STATES.map((state) => inspect(make(state)))).toEqual([
    '<Future "work" pending>',
    '<Future "work" running>',
    '<Future "work" cancelled>',
    '<Future "work" finished raised RangeError>',
    '<Future "work" finished returned number>',
  ]);
  const future = new Future<unknown>();
  future.setResult(new Map([['secret', 1]]));
  expect(String(future)).toBe('<Future finished returned Map>');
});

test('FUT-07 cancel() is true for pending and cancelled, false otherwise', async () => {
  expect(STATES.map((state) => make(state).cancel())).toEqual([true, false, true, false, false]);
  const future = make('succeeded');
  future.cancel();
  expect(await future.result()).toBe(42);
});

test('FUT-08 FUT-09 FUT-10 cancelled(), done() and running()', () => {
  expect(STATES.map((state) => make(state).cancelled())).toEqual([false, false, true, false, false]);
  expect(STATES.map((state) => make(state).done())).toEqual([false, false, true, true, true]);
  expect(STATES.map((state) => make(state).running())).toEqual([false, true, false, false, false]);
  expect(STATES.map((state) => make(state).state)).toEqual(STATES);
});

test('FUT-11 result() with a timeout leaves the future pending; a later result arrives', async () => {
  const future = make('pending');
  const begin = performance.now();
  await expect(future.result({ timeout: 50 })).rejects.toThrow(TimeoutError);
  expect(performance.now() - begin).toBeGreaterThanOrEqual(50);
  expect(future.state).toBe('pending');
  future.setResult(3);
  expect(await future.result({ timeout: 0 })).toBe(3);
});

test('FUT-11 bad timeouts are refused before the wait', async () => {
  const future = make('pending');
  await expect(future.result({ timeout: NaN })).rejects.toThrow(RangeError);
  await expect(future.result({ timeout: '5' as never })).rejects.toThrow(TypeError);
  await expect(future.result({ timeout: -1 })).rejects.toThrow(TimeoutError);
});

test('FUT-12 FUT-15 two waiters both get the result, or the exception', async () => {
  const good = make('running');
  const results = Promise.all([good.result(), good.result({ timeout: 60_000 })]);
  good.setResult(7);
  expect(await results).toEqual([7, 7]);
  const bad = make('running');
  const errors = Promise.all([bad.exception(), bad.exception({ timeout: 60_000 })]);
  const error = new Error('later');
  bad.setException(error);
  expect(await errors).toEqual([error, error]);
});

test('FUT-13 FUT-14 a cancelled future rejects both result() and exception()', async () => {
  const future = make('pending');
  const waiters = [future.result(), future.exception()];
  future.cancel();
  for (const waiter of waiters) await expect(waiter).rejects.toThrow(CancelledError);
  await expect(make('pending').exception({ timeout: 0 })).rejects.toThrow(TimeoutError);
  expect(await make('succeeded').exception()).toBe(null);
});

test('FUT-16 FUT-17 FUT-18 an outcome is set once', async () => {
  for (const state of ['succeeded', 'failed', 'cancelled'] as const) {
    const future = make(state);
    expect(() => future.setResult(1)).toThrow(InvalidStateError);
    expect(() => future.setException(new Error())).toThrow(`its state is ${state}`);
    expect(() => future.setResult(1)).toThrow(state);
  }
  expect(await make('succeeded').result()).toBe(42);
  expect(await make('failed').exception()).toBeInstanceOf(RangeError);
});

test('setRunningOrNotifyCancel tells whether to begin', () => {
  expect(make('pending').setRunningOrNotifyCancel()).toBe(true);
  expect(make('cancelled').setRunningOrNotifyCancel()).toBe(false);
  for (const state of ['running', 'failed', 'succeeded'] as const) {
    expect(() => make(state).setRunningOrNotifyCancel()).toThrow(InvalidStateError);
  }
});

test('FUT-19 the same error object comes out every time', async () => {
  for (const future of [make('failed'), make('cancelled')]) {
    const caught = await Promise.all([1, 2, 3].map(() => future.result().catch((error: unknown) => error)));
    expect(new Set(caught).size).toBe(1);
  }
});

test('FUT-20 a failure that nobody reads is silent', async () => {
  const unhandled: unknown[] = [];
  const listener = (reason: unknown): number => unhandled.push(reason);
  process.on('unhandledRejection', listener);
  make('failed');
  make('cancelled');
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', listener);
  expect(unhandled).toEqual([]);
});

test('FUT-21 a long timeout leaves no timer behind', async () => {
  const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  const before = timers();
  const future = make('pending');
  const result = future.result({ timeout: 60_000 });
  expect(timers()).toBe(before + 1);
  future.setResult(1);
  expect(await result).toBe(1);
  expect(timers()).toBe(before);
});

test('a signal ends the wait and not the work', async () => {
  const future = make('pending');
  const controller = new AbortController();
  const waiting = future.result({ signal: controller.signal });
  controller.abort('enough');
  await expect(waiting).rejects.toMatchObject({ name: 'CancelledError', reason: 'enough' });
  await expect(future.result({ signal: AbortSignal.abort() })).rejects.toThrow(CancelledError);
  expect(future.state).toBe('pending');
});

test('NOD-05 a value with a then method arrives as it is', async () => {
  const calls: string[] = [];
  class Query {
    then(): void {
      calls.push('then');
    }
  }
  const own = { then: () => calls.push('then') };
  for (const value of [new Query(), own, { then: 5 }]) {
    const future = new Future<object>();
    const early = future.result({ timeout: 60_000 });
    future.setResult(value);
    let got: unknown;
    await new Promise<void>((resolve) => void future.result().then((result) => resolve(void (got = result))));
    expect(got).toBe(value);
    await new Promise<void>((resolve) => void early.then((result) => resolve(void (got = result))));
    expect(got).toBe(value);
  }
  expect(calls).toEqual([]);
  expect(Object.keys(own)).toEqual(['then']);
  expect(Object.hasOwn(new Query(), 'then')).toBe(false);
  const frozen = new Future<object>();
  frozen.setResult(Object.freeze({ then: () => {} }));
  await expect(frozen.result()).rejects.toThrow('return it inside an object');
});

test('callbacks run in the context of whoever added them', () => {
  const context = new AsyncLocalStorage<string>();
  const future = make('pending');
  const seen: (string | undefined)[] = [];
  context.run('first', () => future.addDoneCallback(() => seen.push(context.getStore())));
  context.run('second', () => future.addDoneCallback(() => seen.push(context.getStore())));
  context.run('setter', () => future.setResult(1));
  expect(seen).toEqual(['first', 'second']);
});

test('an owner decides about cancel() and running()', () => {
  let begun = false;
  const owner = { takeBack: () => !begun, hasStarted: () => begun };
  const future = new Future<number>('work', owner);
  expect(future.state).toBe('pending');
  begun = true;
  expect([future.state, future.running(), future.cancel()]).toEqual(['running', true, false]);
  begun = false;
  expect([future.cancel(), future.state]).toEqual([true, 'cancelled']);
});
