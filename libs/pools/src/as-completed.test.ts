import { TimeoutError, collect } from '@interleave/core';
import { expect, test } from 'vitest';
import { asCompleted } from './as-completed.js';
import { Future } from './future.js';

function futures(count: number): Future<number>[] {
  return Array.from({ length: count }, (_, index) => new Future<number>(`f${index}`));
}

test('WAC-12 yields each future once, finished ones first', async () => {
  const all = futures(4);
  const [a, b, c, d] = all as [Future<number>, Future<number>, Future<number>, Future<number>];
  c.setResult(1);
  const order = collect(asCompleted([...all, b, c]));
  await Promise.resolve();
  b.cancel();
  d.setException(new Error());
  a.setResult(1);
  expect(await order).toEqual([c, b, d, a]);
  expect(await collect(asCompleted([]))).toEqual([]);
});

test('WAC-13 WAC-14 a timeout ends the iteration and says how many are unfinished', async () => {
  const all = futures(4);
  all[0]?.setResult(0);
  all[3]?.setResult(3);
  const seen: unknown[] = [];
  const begin = performance.now();
  const iterator = asCompleted(all, { timeout: 100 });
  const error: unknown = await (async () => {
    for await (const future of iterator) seen.push(future);
  })().catch((caught: unknown) => caught);
  expect(performance.now() - begin).toBeGreaterThanOrEqual(100);
  expect(error).toBeInstanceOf(TimeoutError);
  expect((error as Error).message).toBe('2 (of 4) futures unfinished');
  expect(seen).toHaveLength(2);
  expect(await iterator.next()).toEqual({ done: true, value: undefined });
});

test('steps asked for at once get different futures', async () => {
  const [a, b] = futures(2) as [Future<number>, Future<number>];
  const iterator = asCompleted([a, b]);
  const steps = [iterator.next(), iterator.next(), iterator.next()];
  b.setResult(1);
  a.setResult(2);
  expect((await Promise.all(steps)).map(({ value }) => value as unknown)).toEqual([b, a, undefined]);
});

test('leaving early cancels nothing and leaves nothing', async () => {
  const [a, b] = futures(2) as [Future<number>, Future<number>];
  a.setResult(1);
  const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  const before = timers();
  for await (const future of asCompleted([a, b], { timeout: 60_000 })) {
    expect(future).toBe(a);
    break;
  }
  expect(b.state).toBe('pending');
  expect(timers()).toBe(before);
});

test('return() ends a step that waits', async () => {
  const iterator = asCompleted(futures(1), { timeout: 60_000 });
  const step = iterator.next();
  await Promise.resolve();
  await iterator.return?.();
  expect(await step).toEqual({ done: true, value: undefined });
});

test('a signal ends the iteration', async () => {
  const controller = new AbortController();
  const iterator = asCompleted(futures(1), { signal: controller.signal });
  const step = iterator.next();
  await new Promise((resolve) => setImmediate(resolve));
  controller.abort('why');
  await expect(step).rejects.toMatchObject({ name: 'CancelledError', reason: 'why' });
  expect(await iterator.next()).toEqual({ done: true, value: undefined });
});

test('WAC-16 only iterables of futures are taken', () => {
  expect(() => asCompleted(new Future<number>() as never)).toThrow(TypeError);
  expect(() => asCompleted(null as never)).toThrow(TypeError);
  expect(() => asCompleted(['x'] as never)).toThrow(TypeError);
});

test('WAC-15 a future that was yielded is not held', async () => {
  const gc = (globalThis as { gc?: () => void }).gc;
  if (gc === undefined) throw new Error('run with --expose-gc');
  const last = new Future<number>();
  const make = (): { refs: WeakRef<Future<number>>[]; iterator: AsyncIterableIterator<Future<number>> } => {
    const all = futures(5);
    const refs = all.map((future) => new WeakRef(future));
    const iterator = asCompleted([...all, last]);
    for (const future of all) future.setResult(1);
    return { refs, iterator };
  };
  const { refs, iterator } = make();
  for (let step = 0; step < 5; step++) await iterator.next();
  await new Promise((resolve) => setImmediate(resolve));
  gc();
  expect(refs.filter((ref) => ref.deref() !== undefined)).toEqual([]);
  await iterator.return?.();
});
