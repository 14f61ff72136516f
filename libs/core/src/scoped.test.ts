import { expect, test } from 'vitest';
import { collect } from './collect.js';
import { scoped } from './scoped.js';

test('closes after the body, also after an error, and waits for closing', async () => {
  const log: string[] = [];
  const resource = {
    async close() {
      await Promise.resolve();
      log.push('closed');
    },
  };
  expect(await scoped(resource, () => (log.push('body'), 7))).toBe(7);
  expect(log).toEqual(['body', 'closed']);
  await expect(scoped(Promise.resolve(resource), () => Promise.reject(new Error('body failed')))).rejects.toThrow(
    'body failed',
  );
  expect(log).toEqual(['body', 'closed', 'closed']);
});

test('prefers asyncDispose, then dispose, then close, then shutdown', async () => {
  const log: string[] = [];
  const note = (name: string) => () => void log.push(name);
  await scoped({ [Symbol.asyncDispose]: async () => note('async')(), close: note('close') }, () => {});
  await scoped({ [Symbol.dispose]: note('sync'), shutdown: note('shutdown') }, () => {});
  await scoped({ close: note('close'), shutdown: note('shutdown') }, () => {});
  await scoped({ shutdown: note('shutdown') }, () => {});
  expect(log).toEqual(['async', 'sync', 'close', 'shutdown']);
});

test("the body's error comes out; the error of closing goes along as suppressed", async () => {
  const closing = new Error('closing failed');
  const bad = { close: () => Promise.reject(closing) };
  await expect(scoped(bad, () => {})).rejects.toBe(closing);
  const error = await scoped(bad, () => {
    throw new Error('body failed');
  }).catch((e: unknown) => e);
  expect(error).toMatchObject({ message: 'body failed', suppressed: closing });
});

test('refuses what cannot be closed before the body runs', async () => {
  let ran = false;
  for (const bad of [{}, 5, undefined, null])
    await expect(scoped(bad as any, () => void (ran = true))).rejects.toBeInstanceOf(TypeError);
  expect(ran).toBe(false);
});

test('collect gathers async and plain iterables, and tells the source to stop on an error', async () => {
  let stopped: boolean;
  async function* numbers(bad: boolean): AsyncGenerator<number> {
    try {
      yield 1;
      if (bad) throw new Error('third');
      yield 2;
    } finally {
      stopped = true;
    }
  }
  stopped = false;
  expect(await collect(numbers(false))).toEqual([1, 2]);
  expect(stopped).toBe(true);
  expect(await collect([Promise.resolve(1), 2])).toEqual([1, 2]);
  stopped = false;
  await expect(collect(numbers(true))).rejects.toThrow('third');
  expect(stopped).toBe(true);
  await expect(collect(5 as any)).rejects.toBeInstanceOf(TypeError);
});
