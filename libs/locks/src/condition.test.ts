import { inspect } from 'node:util';
import { describe, expect, it, test, vi } from 'vitest';
import { threadWords } from '@interleave/memory';
import { startActor, startActors } from './fixtures/actors.js';
import { until } from './fixtures/until.js';
import { watched } from './fixtures/watched.js';
import { Condition, Lock, RLock, Semaphore } from './index.js';

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
};

/** A condition that tells how many wait; they hold the lock when they come and go. */
function openCondition(lock?: Lock | RLock): { condition: Condition; waiting: () => number } {
  const words = threadWords(Condition.wordCount);
  return { condition: new Condition(lock, { words }), waiting: () => words.load(0) };
}

interface Things {
  condition: Condition;
  woken: Int32Array;
}

/** Waits as part of a thread's own code; counts when it wakes. */
const waitThere = async (t: Things): Promise<boolean> => {
  t.condition.acquireSync();
  const result = t.condition.waitSync();
  Atomics.add(t.woken, 0, 1);
  t.condition.release();
  return result;
};

/** Waits as a task of its own. */
const waitHere = (condition: Condition, woken: Int32Array): Promise<boolean> =>
  condition.withLock(async () => {
    const result = await condition.wait();
    Atomics.add(woken, 0, 1);
    return result;
  });

const counter = (): Int32Array => new Int32Array(new SharedArrayBuffer(4));

it('CND-01 has a lock of its own, or the one it is given', async () => {
  const lock = new Lock();
  const condition = new Condition(lock, { name: 'full' });
  await condition.acquire();
  expect([lock.locked(), inspect(condition)]).toEqual([true, '<Condition "full" locked>']);
  condition.release();
  expect([lock.locked(), String(condition)]).toEqual([false, '<Condition "full" unlocked>']);
  expect(new Condition().lock).toBeInstanceOf(RLock);
  expect(() => new Condition(new Semaphore() as never)).toThrow(TypeError);
});

it('CND-02 CND-03 wait and notify need the lock', async () => {
  const condition = new Condition();
  const notHeld = { name: 'InvalidStateError' };
  await expect(condition.wait()).rejects.toMatchObject(notHeld);
  await expect(condition.waitFor(() => true)).rejects.toMatchObject(notHeld);
  expect(() => condition.notify()).toThrow(expect.objectContaining(notHeld));
  expect(() => condition.notifyAll()).toThrow('Cannot notify Condition: its lock is not held by the caller');
  await startActor().run((t) => t.condition.acquireSync(), { condition });
  expect(() => condition.notify()).toThrow(expect.objectContaining(notHeld));
});

describe.each(['threads', 'coroutines'])('%s', (kind) => {
  const waiters = (condition: Condition, woken: Int32Array, count: number): Promise<boolean>[] =>
    kind === 'threads'
      ? startActors(count).map((actor) => actor.run(waitThere, { condition, woken }))
      : Array.from({ length: count }, () => waitHere(condition, woken));

  it.each([() => new Lock(), () => new RLock()])('CND-04 notify wakes as many as it says', async (makeLock) => {
    const { condition, waiting } = openCondition(makeLock());
    const woken = counter();
    const all = waiters(condition, woken, 5);
    await until(() => expect([waiting(), condition.locked()]).toEqual([5, false]));
    await condition.withLock(() => condition.notify(3));
    await until(() => expect(woken[0]).toBe(3));
    await turns();
    expect([woken[0], waiting()]).toEqual([3, 2]);
    await condition.withLock(() => condition.notify(5));
    expect(await Promise.all(all)).toEqual(Array(5).fill(true));
    await condition.withLock(() => condition.notify(5));
    expect(await condition.withLock(() => condition.wait({ timeout: 20 }))).toBe(false);
  });

  it('CND-05 one notify, one waiter; the second wakes the other', async () => {
    const { condition, waiting } = openCondition();
    const woken = counter();
    const all = waiters(condition, woken, 2);
    await until(() => expect([waiting(), condition.locked()]).toEqual([2, false]));
    for (const count of [1, 2]) {
      await condition.withLock(() => condition.notify());
      await until(() => expect(woken[0]).toBe(count));
    }
    await Promise.all(all);
  });
});

it('CND-05 a thread that is notified is not woken before the lock is free', async () => {
  const words = threadWords(Condition.wordCount);
  const condition = new Condition(new Lock(), { words });
  const woken = counter();
  const there = startActor().run(waitThere, { condition, woken });
  // The door is marked: it stands in line and has looked.
  await until(() => expect([words.load(1), condition.locked()]).toEqual([1, false]));
  const lockedThen: boolean[] = [];
  const wake = vi.spyOn(words, 'notify').mockImplementation((...all) => {
    lockedThen.push(condition.locked());
    return threadWords(1).notify.apply(words, all);
  });
  await condition.acquire();
  condition.notify();
  condition.release();
  wake.mockRestore();
  expect(lockedThen).toEqual([false]);
  expect(await there).toBe(true);
  expect(woken[0]).toBe(1);
});

it('CND-06 CND-12 notifyAll of a thread wakes other threads and coroutines together', async () => {
  const { condition, waiting } = openCondition();
  const woken = counter();
  const [notifier, ...others] = startActors(4);
  const all = others.map((actor) => actor.run(waitThere, { condition, woken }));
  all.push(waitHere(condition, woken), waitHere(condition, woken));
  await until(() => expect([waiting(), condition.locked()]).toEqual([5, false]));
  await notifier!.run(
    (t) => {
      t.condition.acquireSync();
      t.condition.notifyAll();
      t.condition.release();
    },
    { condition },
  );
  expect(await Promise.all(all)).toEqual(Array(5).fill(true));
});

it('CND-07 a timed wait is false after the time, with the lock held again', async () => {
  const condition = new Condition();
  const before = performance.now();
  const there = startActor().run(
    (t) => {
      t.condition.acquireSync();
      const result = t.condition.waitSync({ timeout: 500 });
      t.condition.release();
      return result;
    },
    { condition },
  );
  await condition.withLock(async () => {
    expect(await condition.wait({ timeout: 500 })).toBe(false);
    expect((condition.lock as RLock).isOwned()).toBe(true);
  });
  expect(await there).toBe(false);
  expect(performance.now() - before).toBeGreaterThanOrEqual(500);
  expect(condition.locked()).toBe(false);
});

it('CND-08 waitFor returns what the predicate says, here and in a thread', async () => {
  const { condition, waiting } = openCondition();
  const state = counter();
  const here = condition.withLock(() => condition.waitFor(() => state[0]! > 3 && `state ${state[0]}`));
  const there = startActor().run(
    (t) => {
      t.condition.acquireSync();
      const result = t.condition.waitForSync(() => t.state[0]! > 3 && t.state[0]! * 10);
      t.condition.release();
      return result;
    },
    { condition, state },
  );
  await until(() => expect([waiting(), condition.locked()]).toEqual([2, false]));
  for (let step = 0; step < 4; step++) {
    await condition.withLock(() => {
      state[0]! += 1;
      condition.notifyAll();
    });
    await turns();
  }
  expect([await here, await there]).toEqual(['state 4', 40]);
});

it('CND-09 waitFor that is never satisfied returns the last value after the full time', async () => {
  const condition = new Condition();
  const before = performance.now();
  let asked = 0;
  const waiting = condition.withLock(() =>
    condition.waitFor(
      () => {
        asked += 1;
        return 0;
      },
      { timeout: 300 },
    ),
  );
  for (let count = 0; count < 3; count++) {
    await until(() => expect([asked, condition.locked()]).toEqual([count + 1, false]));
    await condition.withLock(() => condition.notify());
  }
  expect(await waiting).toBe(0);
  expect(asked).toBe(5);
  expect(performance.now() - before).toBeGreaterThanOrEqual(300);
});

it('CND-10 a waiter goes on when the notifier has released the lock, and owns it then', async () => {
  const { condition, waiting } = openCondition();
  const order: string[] = [];
  const waiter = condition.withLock(async () => {
    await condition.wait();
    expect((condition.lock as RLock).isOwned()).toBe(true);
    order.push('woken');
  });
  await until(() => expect(waiting()).toBe(1));
  await condition.withLock(async () => {
    condition.notify();
    await turns();
    order.push('released');
  });
  await waiter;
  expect(order).toEqual(['released', 'woken']);
});

it('CND-10 waiters and notifiers without a task of their own, and a lock held twice', async () => {
  const condition = new Condition();
  const order: string[] = [];
  await condition.acquire();
  await condition.acquire();
  const producer = (async () => {
    await turns();
    await condition.acquire();
    condition.notify();
    await turns();
    order.push('notified');
    condition.release();
  })();
  expect(await condition.wait()).toBe(true);
  order.push('woken');
  expect((condition.lock as RLock).recursionCount()).toBe(2);
  condition.release();
  condition.release();
  await producer;
  expect([order, condition.locked()]).toEqual([['notified', 'woken'], false]);
});

it('CND-11 odd counts', async () => {
  const { condition, waiting } = openCondition();
  const woken = counter();
  const waiter = waitHere(condition, woken);
  await until(() => expect(waiting()).toBe(1));
  await condition.withLock(async () => {
    condition.notify(0);
    condition.notify(-1);
    for (const count of [1.5, NaN, Infinity]) expect(() => condition.notify(count)).toThrow(RangeError);
  });
  await turns();
  expect([woken[0], waiting()]).toEqual([0, 1]);
  await condition.withLock(() => condition.notify(1_000));
  expect(await waiter).toBe(true);
});

it('CND-13 a waiter that is ended is passed over', async () => {
  const { condition, waiting } = openCondition();
  const woken = counter();
  const [doomed, alive] = startActors(2);
  void doomed!.run(waitThere, { condition, woken });
  await until(() => expect([waiting(), condition.locked()]).toEqual([1, false]));
  const survivor = alive!.run(waitThere, { condition, woken });
  const here = waitHere(condition, woken);
  await until(() => expect([waiting(), condition.locked()]).toEqual([3, false]));
  await doomed!.kill();
  await condition.withLock(() => condition.notify(2));
  expect([await survivor, await here]).toEqual([true, true]);
  expect(await condition.withLock(() => condition.wait({ timeout: 20 }))).toBe(false);
});

test('F24 a wait that is called off holds the lock again, and its notification goes on', async () => {
  for (const order of ['notify first', 'abort first']) {
    const { condition, waiting } = openCondition(new Lock());
    const aborting = new AbortController();
    const reason = new Error('no more');
    const first = watched(
      condition.withLock(() =>
        condition.wait({ signal: aborting.signal }).finally(() => expect(condition.locked()).toBe(true)),
      ),
    );
    const second = waitHere(condition, counter());
    await until(() => expect(waiting()).toBe(2));
    await condition.withLock(() => {
      if (order === 'notify first') condition.notify();
      aborting.abort(reason);
      if (order === 'abort first') condition.notify();
    });
    await expect(first).rejects.toMatchObject({ name: 'CancelledError', reason });
    expect(await second).toBe(true);
    expect([waiting(), condition.locked()]).toEqual([0, false]);
  }
});

test('F22 the holder of the lock dies while others wait for a notification', async () => {
  const { condition, waiting } = openCondition();
  const holder = startActor();
  const waiter = watched(waitHere(condition, counter()));
  const aborting = new AbortController();
  const aborted = watched(condition.withLock(() => condition.wait({ signal: aborting.signal })));
  await until(() => expect(waiting()).toBe(2));
  await holder.run(
    (t) => {
      t.condition.acquireSync();
      t.condition.notify();
    },
    { condition },
  );
  aborting.abort();
  await turns();
  await holder.kill();
  // withLock cannot release what its body has lost, and keeps the body's error.
  await expect(waiter).rejects.toMatchObject({ name: 'OwnerDiedError' });
  await expect(aborted).rejects.toMatchObject({ name: 'OwnerDiedError' });
  expect(condition.lock.recover()).toBe(true);
  expect(await condition.withLock(() => condition.wait({ timeout: 1 }))).toBe(false);
});
