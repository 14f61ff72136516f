import { expect, it, test } from 'vitest';
import { asNewOwner, InvalidStateError } from '@interleave/core';
import { allowMainThreadBlocking } from '@interleave/memory';
import { startActor, startActors } from './fixtures/actors.js';
import { until } from './fixtures/until.js';
import { giveUp, takeBack } from './lendable.js';
import { RLock } from './index.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('RLK-01 the owner acquires three times and releases three times', async () => {
  const lock = new RLock({ name: 'tree' });
  for (let depth = 0; depth < 3; depth++) expect(await lock.acquire()).toBe(true);
  for (let depth = 0; depth < 3; depth++) {
    expect(lock.locked()).toBe(true);
    lock.release();
  }
  expect(String(lock)).toBe('<RLock "tree" unlocked>');
  expect(() => lock.release()).toThrow(InvalidStateError);
});

it('RLK-02 only who owns it can release it', async () => {
  const lock = new RLock();
  const notOwner = { name: 'NotOwnerError', message: 'Cannot release RLock: it is not held' };
  expect(() => lock.release()).toThrow(expect.objectContaining(notOwner));
  await lock.acquire();
  lock.release();
  expect(() => lock.release()).toThrow(expect.objectContaining(notOwner));
  await startActor().run((t) => t.lock.acquireSync(), { lock });
  expect(() => lock.release()).toThrow('Cannot release RLock: somebody else holds it');
  expect(lock.locked()).toBe(true);
});

it('RLK-03 two tasks of one thread exclude each other; a helper of the owner enters again', async () => {
  const lock = new RLock();
  let inside = 0;
  let most = 0;
  const helper = async (): Promise<void> => {
    await lock.acquire();
    await turn();
    lock.release();
  };
  const task = (): Promise<void> =>
    lock.withLock(async () => {
      inside += 1;
      most = Math.max(most, inside);
      await helper();
      inside -= 1;
    });
  await Promise.all([task(), task(), task()]);
  const acquiring = async (): Promise<void> => {
    await lock.acquire();
    inside += 1;
    most = Math.max(most, inside);
    await helper();
    inside -= 1;
    lock.release();
  };
  await Promise.all([asNewOwner(acquiring), asNewOwner(acquiring), task()]);
  expect([most, inside, lock.locked()]).toEqual([1, 0, false]);
});

it('RLK-03 an inner body holds what the outer one holds', async () => {
  const lock = new RLock();
  const other = new RLock();
  await lock.withLock(() => other.withLock(() => lock.withLock(() => expect(lock.recursionCount()).toBe(2))));
  expect([lock.locked(), other.locked()]).toEqual([false, false]);
});

it("RLK-04 RLK-05 the count and the ownership are the owner's alone", async () => {
  const lock = new RLock();
  const actor = startActor();
  const there = (): Promise<unknown> => actor.run((t) => [t.lock.isOwned(), t.lock.recursionCount()], { lock });
  const seen: unknown[] = [];
  for (const step of ['acquire', 'acquire', 'release', 'release'] as const) {
    seen.push([lock.isOwned(), lock.recursionCount()]);
    expect(await there()).toEqual([false, 0]);
    await lock[step]();
  }
  expect(seen).toEqual([
    [false, 0],
    [true, 1],
    [true, 2],
    [true, 1],
  ]);
  expect([lock.isOwned(), lock.recursionCount()]).toEqual([false, 0]);
  await lock.acquire();
  expect(asNewOwner(() => lock.isOwned())).toBe(false);
  lock.release();
});

it('RLK-06 withLock three deep, also when the inner body throws', async () => {
  const lock = new RLock();
  const nested = lock.withLock(() =>
    lock.withLock(() =>
      lock.withLock(() => {
        expect(lock.recursionCount()).toBe(3);
        throw new RangeError('inside');
      }),
    ),
  );
  await expect(nested).rejects.toThrow('inside');
  expect(lock.locked()).toBe(false);
});

it('RLK-07 another thread gets it when the count is back at zero, and not before', async () => {
  const lock = new RLock();
  const actor = startActor();
  const tries = (): Promise<boolean> => actor.run((t) => t.lock.acquireSync({ timeout: 0 }), { lock });
  await lock.acquire();
  await lock.acquire();
  expect(await tries()).toBe(false);
  lock.release();
  expect(await tries()).toBe(false);
  lock.release();
  expect(await tries()).toBe(true);
});

it('RLK-08 can be given up whatever its depth, and taken back', async () => {
  const lock = new RLock();
  expect(() => lock[giveUp]()).toThrow(InvalidStateError);
  await lock.acquire();
  await lock.acquire();
  const depth = lock[giveUp]();
  expect(lock.locked()).toBe(false);
  await lock[takeBack](depth);
  expect(lock.recursionCount()).toBe(2);
});

test('a thread that would block for itself is told so', async () => {
  const lock = new RLock();
  const before = allowMainThreadBlocking();
  try {
    await lock.withLock(() => {
      expect(asNewOwner(() => lock.acquireSync({ timeout: 0 }))).toBe(false);
      expect(() => asNewOwner(() => lock.acquireSync())).toThrow('another task of this thread holds it');
      expect(lock.acquireSync()).toBe(true);
      lock.release();
    });
  } finally {
    allowMainThreadBlocking(before);
  }
  expect(lock.locked()).toBe(false);
});

test('F22 an owner that dies, threads that enter again, and recover', async () => {
  const lock = new RLock();
  const [owner, waiter] = startActors(2);
  expect(
    await owner!.run((t) => t.lock.acquireSync() && t.lock.acquireSync() && t.lock.recursionCount(), { lock }),
  ).toBe(2);
  const waiting = waiter!.run((t) => t.lock.acquireSync(), { lock });
  await owner!.kill();
  await expect(waiting).rejects.toMatchObject({ name: 'OwnerDiedError' });
  await until(() => expect(lock.recover()).toBe(true));
  expect(await waiter!.run((t) => t.lock.acquireSync(), { lock })).toBe(true);
});
