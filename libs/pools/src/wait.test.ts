import { CancelledError } from '@interleave/core';
import { expect, test } from 'vitest';
import { Future } from './future.js';
import { ALL_COMPLETED, FIRST_COMPLETED, FIRST_EXCEPTION, wait } from './wait.js';

function futures(count: number): Future<number>[] {
  return Array.from({ length: count }, (_, index) => new Future<number>(`f${index}`));
}

const settled = async (promise: Promise<unknown>): Promise<boolean> => {
  let done = false;
  void promise.then(() => (done = true));
  await new Promise((resolve) => setImmediate(resolve));
  return done;
};

test('WAC-01 ALL_COMPLETED gives finished, failed and cancelled ones', async () => {
  const [a, b, c] = futures(3) as [Future<number>, Future<number>, Future<number>];
  const waiting = wait([a, b, c], { returnWhen: ALL_COMPLETED });
  a.setResult(1);
  b.setException(new Error('b'));
  expect(await settled(waiting)).toBe(false);
  c.cancel();
  const { done, notDone } = await waiting;
  expect([...done]).toEqual([a, b, c]);
  expect(notDone.size).toBe(0);
});

test('WAC-02 WAC-03 FIRST_COMPLETED returns with the first, or with all that are done already', async () => {
  const [a, b, c] = futures(3) as [Future<number>, Future<number>, Future<number>];
  const waiting = wait([a, b, c], { returnWhen: FIRST_COMPLETED });
  b.cancel();
  expect(await waiting).toEqual({ done: new Set([b]), notDone: new Set([a, c]) });
  a.setResult(1);
  expect(await wait([a, b, c], { returnWhen: FIRST_COMPLETED })).toEqual({
    done: new Set([a, b]),
    notDone: new Set([c]),
  });
});

test('WAC-04 WAC-05 FIRST_EXCEPTION waits for a failure, not for a value or a cancellation', async () => {
  const [a, b, c, d] = futures(4) as [Future<number>, Future<number>, Future<number>, Future<number>];
  d.cancel();
  const waiting = wait([a, b, c, d], { returnWhen: FIRST_EXCEPTION });
  a.setResult(1);
  expect(await settled(waiting)).toBe(false);
  b.setException(new Error('b'));
  expect(await waiting).toEqual({ done: new Set([a, b, d]), notDone: new Set([c]) });
});

test('WAC-06 FIRST_EXCEPTION with one that failed before', async () => {
  const [a, b] = futures(2) as [Future<number>, Future<number>];
  b.setException(new Error());
  expect((await wait([a, b], { returnWhen: FIRST_EXCEPTION })).notDone).toEqual(new Set([a]));
});

test('WAC-07 a timeout resolves, and cancels nothing', async () => {
  const [a, b] = futures(2) as [Future<number>, Future<number>];
  a.setResult(1);
  const begin = performance.now();
  expect(await wait([a, b], { timeout: 50 })).toEqual({ done: new Set([a]), notDone: new Set([b]) });
  expect(performance.now() - begin).toBeGreaterThanOrEqual(50);
  expect(b.state).toBe('pending');
  expect((await wait([a, b], { timeout: 0 })).notDone.size).toBe(1);
});

test('WAC-08 WAC-10 WAC-16 duplicates, nothing, and any iterable', async () => {
  const [a] = futures(1) as [Future<number>];
  a.setResult(1);
  expect((await wait([a, a])).done).toEqual(new Set([a]));
  expect(await wait([])).toEqual({ done: new Set(), notDone: new Set() });
  let reads = 0;
  const generate = function* (): Generator<Future<number>> {
    reads += 1;
    yield a;
  };
  expect((await wait(generate())).done.size).toBe(1);
  expect((await wait(new Set([a]))).done.size).toBe(1);
  expect(reads).toBe(1);
  await expect(wait(a as never)).rejects.toThrow(TypeError);
  await expect(wait(5 as never)).rejects.toThrow(TypeError);
  await expect(wait([1] as never)).rejects.toThrow(TypeError);
});

test('WAC-09 an unknown returnWhen is refused, even when all are done', async () => {
  await expect(wait([], { returnWhen: 'SOME' as never })).rejects.toThrow(RangeError);
});

test('WAC-11 100 futures that end together', async () => {
  for (let round = 0; round < 50; round++) {
    const all = futures(100);
    const waiting = wait(all);
    queueMicrotask(() => all.forEach((future, index) => future.setResult(index)));
    expect((await waiting).done.size).toBe(100);
  }
});

test('a signal ends the wait', async () => {
  const controller = new AbortController();
  const waiting = wait(futures(2), { signal: controller.signal });
  controller.abort('why');
  await expect(waiting).rejects.toMatchObject({ reason: 'why' });
  await expect(wait([], { signal: AbortSignal.abort() })).rejects.toThrow(CancelledError);
});
