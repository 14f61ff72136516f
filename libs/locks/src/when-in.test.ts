import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, test } from 'vitest';
import { Lock, RLock, Semaphore } from './index.js';

const kinds = {
  Lock: () => {
    const lock = new Lock();
    return {
      within: lock.withLock.bind(lock),
      busy: () => lock.locked(),
    };
  },
  RLock: () => {
    const lock = new RLock();
    return {
      within: lock.withLock.bind(lock),
      busy: () => lock.locked(),
    };
  },
  Semaphore: () => {
    const semaphore = new Semaphore(1);
    return {
      within: semaphore.withPermit.bind(semaphore),
      busy: () => semaphore.locked(),
    };
  },
};

describe.each(Object.entries(kinds))('%s: a body', (_kind, make) => {
  test('LCK-08 may return anything; a thenable is awaited with the turn held', async () => {
    const { within, busy } = make();
    const held = (value: unknown): unknown => [value, busy()];
    const thenable = { then: (done: (value: unknown) => void) => setImmediate(() => done(held('object'))) };
    const callable = Object.assign(() => {}, {
      then: (done: (value: unknown) => void) => setImmediate(() => done(held('function'))),
    });
    expect(await within(() => held(1))).toEqual([1, true]);
    expect(await within(() => undefined)).toBe(undefined);
    expect(await within(async () => held('promise'))).toEqual(['promise', true]);
    expect(await within(() => thenable)).toEqual(['object', true]);
    expect(await within(() => callable)).toEqual(['function', true]);
    expect(busy()).toBe(false);
  });

  test('LCK-08 may throw or reject: the turn is given back, and the error comes out as it is', async () => {
    const { within, busy } = make();
    const error = new Error('body');
    const thrown = within(() => {
      throw error;
    });
    await expect(thrown).rejects.toBe(error);
    await expect(within(() => Promise.reject(error))).rejects.toBe(error);
    expect(busy()).toBe(false);
    expect(await within(() => 'next')).toBe('next');
  });

  test('runs in its turn, one after the other, each in the async context of its caller', async () => {
    const { within } = make();
    const context = new AsyncLocalStorage<number>();
    let release = (): void => {};
    const first = within(() => new Promise<void>((resolve) => (release = resolve)));
    const seen: unknown[] = [];
    const all = [1, 2, 3].map((each) =>
      context.run(each, () =>
        within(async () => {
          seen.push(['in', context.getStore()]);
          await new Promise(setImmediate);
          seen.push(['out', each]);
        }),
      ),
    );
    await new Promise(setImmediate);
    expect(seen).toEqual([]);
    release();
    await Promise.all([first, ...all]);
    expect(seen).toEqual(
      [1, 2, 3].flatMap((each) => [
        ['in', each],
        ['out', each],
      ]),
    );
  });
});

test('a body that lost its turn: its own error comes out, with the other one as suppressed', async () => {
  const lock = new Lock();
  const error = new Error('body');
  const lost = lock.withLock(() => {
    lock.release();
    throw error;
  });
  await expect(lost).rejects.toBe(error);
  expect(error).toMatchObject({ suppressed: { name: 'InvalidStateError' } });
  await expect(lock.withLock(() => lock.release())).rejects.toThrow('it is not held');
});

test('an error of a body says who waited', async () => {
  const lock = new Lock();
  await lock.acquire();
  async function whoeverWaits(): Promise<void> {
    await lock.withLock(() => {
      throw new Error('body');
    });
  }
  const waiting = whoeverWaits();
  lock.release();
  const error = await waiting.catch((thrown: unknown) => thrown);
  expect((error as Error).stack).toMatch(/at (async )?whoeverWaits/);
});
