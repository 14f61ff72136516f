import { inspect } from 'node:util';
import { expect, it, test } from 'vitest';
import { allowMainThreadBlocking, threadWords } from '@interleave/memory';
import { encodeValue } from '@interleave/transfer';
import { startActor, startActors } from './fixtures/actors.js';
import { until } from './fixtures/until.js';
import { watched } from './fixtures/watched.js';
import { Lock } from './index.js';

/** A lock whose line can be seen. */
function openLock(): { lock: Lock; inLine: () => number; isMarked: () => boolean } {
  const words = threadWords(Lock.wordCount);
  const lock = new Lock({ words });
  const inLine = (): number => {
    let count = 0;
    for (let index = 3; index < Lock.wordCount; index++) if (words.load(index) !== 0) count += 1;
    return count;
  };
  return { lock, inLine, isMarked: () => words.load(0) < 0 };
}

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
};

it('LCK-01 is free, held, free, and says so; a free one cannot be released', async () => {
  const lock = new Lock({ name: 'disk' });
  for (let round = 0; round < 5; round++) {
    expect(lock.locked()).toBe(false);
    expect(await lock.acquire()).toBe(true);
    expect(lock.locked()).toBe(true);
    expect(inspect(lock)).toBe('<Lock "disk" locked>');
    lock.release();
  }
  expect(String(lock)).toBe('<Lock "disk" unlocked>');
  expect(() => lock.release()).toThrow(
    expect.objectContaining({ name: 'InvalidStateError', message: 'Cannot release Lock "disk": it is not held' }),
  );
  expect(lock.tryAcquire()).toBe(true);
});

it('LCK-02 tryAcquire tells at once', () => {
  const lock = new Lock();
  expect([lock.tryAcquire(), lock.tryAcquire()]).toEqual([true, false]);
  lock.release();
  expect(lock.tryAcquire()).toBe(true);
});

it('LCK-03 another thread tries in vain, waits, and gets it', async () => {
  const { lock, inLine } = openLock();
  const actor = startActor();
  lock.tryAcquire();
  expect(await actor.run((t) => t.lock.tryAcquire(), { lock })).toBe(false);
  const waiting = actor.run((t) => t.lock.acquireSync(), { lock });
  await until(() => expect(inLine()).toBe(1));
  lock.release();
  expect(await waiting).toBe(true);
  expect([lock.locked(), lock.tryAcquire()]).toEqual([true, false]);
});

it.each(['threads', 'coroutines', 'a mix'])('LCK-04 five contenders get in one at a time: %s', async (kind) => {
  const { lock, inLine } = openLock();
  lock.tryAcquire();
  const inside = new Int32Array(new SharedArrayBuffer(12));
  const contend = async (t: { lock: Lock; inside: Int32Array; blocks: boolean }): Promise<void> => {
    if (t.blocks) t.lock.acquireSync();
    else await t.lock.acquire();
    const now = Atomics.add(t.inside, 0, 1) + 1;
    if (now > 1) Atomics.add(t.inside, 1, 1);
    await new Promise((resolve) => setImmediate(resolve));
    Atomics.sub(t.inside, 0, 1);
    Atomics.add(t.inside, 2, 1);
    t.lock.release();
  };
  const threads = { threads: 5, coroutines: 0, 'a mix': 3 }[kind]!;
  const all = startActors(threads).map((actor, i) => actor.run(contend, { lock, inside, blocks: i !== 2 }));
  for (let i = threads; i < 5; i++) all.push(contend({ lock, inside, blocks: false }));
  await until(() => expect(inLine()).toBe(threads + (threads < 5 ? 1 : 0)));
  expect([...inside]).toEqual([0, 0, 0]);
  lock.release();
  await Promise.all(all);
  expect([...inside]).toEqual([0, 0, 5]);
  expect([lock.locked(), inLine()]).toEqual([false, 0]);
});

it('LCK-05 a second acquire of the same caller waits until another thread releases', async () => {
  const { lock, inLine } = openLock();
  const actor = startActor();
  const twice = actor.run((t) => t.lock.acquireSync() && t.lock.acquireSync(), { lock });
  await until(() => expect(inLine()).toBe(1));
  lock.release();
  expect(await twice).toBe(true);
});

it('LCK-06 another thread may release', async () => {
  const lock = new Lock();
  await lock.acquire();
  await startActor().run((t) => t.lock.release(), { lock });
  expect(lock.locked()).toBe(false);
});

it('LCK-07 a timeout ends the wait with false, not too early', async () => {
  const lock = new Lock();
  expect(await lock.acquire({ timeout: 500 })).toBe(true);
  let before = performance.now();
  expect(await lock.acquire({ timeout: 500 })).toBe(false);
  expect(performance.now() - before).toBeGreaterThanOrEqual(500);
  before = performance.now();
  expect(await startActor().run((t) => t.lock.acquireSync({ timeout: 500 }), { lock })).toBe(false);
  expect(performance.now() - before).toBeGreaterThanOrEqual(500);
  expect(await lock.acquire({ timeout: 0 })).toBe(false);
  for (const timeout of [-1, NaN, 2 ** 60]) await expect(lock.acquire({ timeout })).rejects.toThrow(RangeError);
  await expect(lock.acquire({ timeout: '1' as never })).rejects.toThrow(TypeError);
  lock.release();
  expect(lock.locked()).toBe(false);
});

it('LCK-08 withLock and hold release however the body ends', async () => {
  const lock = new Lock();
  const bodies: (() => unknown)[] = [
    () => 1,
    () => Promise.resolve(2),
    () => {
      throw new RangeError('at once');
    },
    async () => {
      await turns();
      throw new RangeError('later');
    },
  ];
  const ends = [];
  for (const body of bodies) {
    ends.push(
      await lock
        .withLock(() => {
          expect(lock.locked()).toBe(true);
          return body();
        })
        .catch((error: Error) => error.message),
    );
    expect(lock.locked()).toBe(false);
  }
  expect(ends).toEqual([1, 2, 'at once', 'later']);
  {
    await using held = await lock.hold();
    expect(lock.locked()).toBe(true);
    held.release();
    expect(lock.locked()).toBe(false);
  }
  {
    await using _held = await lock.hold();
    await expect(lock.withLock(() => {}, { timeout: 5 })).rejects.toMatchObject({ name: 'TimeoutError' });
  }
  expect(lock.locked()).toBe(false);
});

it('LCK-09 a thousand contenders, one after the other, leave no waiter behind', async () => {
  const { lock, inLine } = openLock();
  const actors = startActors(2);
  await Promise.all(
    actors.map((actor) =>
      actor.run(
        async (t) => {
          for (let round = 0; round < 500; round++) {
            if (!(await t.lock.acquire({ timeout: 60_000 }))) throw new Error('not in time');
            t.lock.release();
          }
        },
        { lock },
      ),
    ),
  );
  expect([lock.locked(), inLine()]).toEqual([false, 0]);
});

it('LCK-10 four threads, 50,000 rounds each: nothing is lost', async () => {
  const lock = new Lock();
  const cell = new Int32Array(new SharedArrayBuffer(4));
  await Promise.all(
    startActors(4).map((actor) =>
      actor.run(
        (t) => {
          for (let round = 0; round < 50_000; round++) {
            t.lock.acquireSync();
            t.cell[0] = t.cell[0]! + 1;
            t.lock.release();
          }
        },
        { lock, cell },
      ),
    ),
  );
  expect(cell[0]).toBe(200_000);
  expect(lock.locked()).toBe(false);
}, 60_000);

it('LCK-11 the main thread blocks only if it may', async () => {
  // The tests run in a thread of vitest; a script has a main thread.
  const { lock } = openLock();
  const before = allowMainThreadBlocking();
  try {
    expect(lock.acquireSync()).toBe(true);
    expect(lock.acquireSync({ timeout: 20 })).toBe(false);
  } finally {
    allowMainThreadBlocking(before);
  }
});

it('LCK-13 an aborted contender leaves the line, and the next one is served', async () => {
  const { lock } = openLock();
  await lock.acquire();
  const aborting = new AbortController();
  const order: string[] = [];
  const first = watched(lock.acquire({ signal: aborting.signal }).then(() => order.push('first')));
  const second = lock.acquire().then(() => order.push('second'));
  const third = lock.acquire({ timeout: 60_000 }).then(() => order.push('third'));
  await turns();
  const reason = new Error('no more');
  aborting.abort(reason);
  await expect(first).rejects.toMatchObject({ name: 'CancelledError', reason });
  await expect(lock.acquire({ signal: aborting.signal })).rejects.toMatchObject({ name: 'CancelledError', reason });
  lock.release();
  await second;
  lock.release();
  await third;
  expect(order).toEqual(['second', 'third']);
});

test.each([0, 1, 2])('F24 a waiter that is called off in the turn of the release: number %i', async (cancelled) => {
  for (const releaseFirst of [true, false]) {
    const { lock, inLine } = openLock();
    await lock.acquire();
    const aborting = [new AbortController(), new AbortController(), new AbortController()];
    const got: number[] = [];
    const waits = aborting.map(({ signal }, i) => watched(lock.acquire({ signal }).then(() => got.push(i))));
    await turns();
    if (releaseFirst) lock.release();
    aborting[cancelled]!.abort();
    if (!releaseFirst) lock.release();
    await expect(waits[cancelled]).rejects.toMatchObject({ name: 'CancelledError' });
    for (let round = 0; round < 2; round++) {
      await until(() => expect(got).toHaveLength(round + 1));
      expect(lock.locked()).toBe(true);
      lock.release();
    }
    expect(got).toEqual([0, 1, 2].filter((i) => i !== cancelled));
    await turns();
    expect([lock.locked(), inLine()]).toEqual([false, 0]);
  }
});

test('F22 when the owner dies, all who wait hear of it, and recover makes the lock usable', async () => {
  const { lock, inLine } = openLock();
  const [owner, waiter] = startActors(2);
  await owner!.run((t) => t.lock.acquireSync(), { lock });
  const there = waiter!.run((t) => t.lock.acquireSync(), { lock });
  const here = watched(lock.acquire());
  const alsoHere = watched(lock.acquire({ timeout: 60_000 }));
  await until(() => expect(inLine()).toBe(2));
  expect(lock.recover()).toBe(false);
  await owner!.kill();
  const dead = { name: 'OwnerDiedError' };
  await expect(here).rejects.toMatchObject(dead);
  await expect(alsoHere).rejects.toMatchObject(dead);
  await expect(there).rejects.toMatchObject(dead);
  expect(() => lock.tryAcquire()).toThrow(expect.objectContaining(dead));
  expect(() => lock.release()).toThrow(expect.objectContaining(dead));
  await expect(lock.acquire()).rejects.toMatchObject(dead);
  expect([lock.locked(), inLine()]).toEqual([true, 0]);
  expect(lock.recover()).toBe(true);
  expect(lock.recover()).toBe(false);
  expect(await waiter!.run((t) => t.lock.acquireSync(), { lock })).toBe(true);
});

test('F22 a waiter that dies in line is passed over, invited or not', async () => {
  const { lock, inLine } = openLock();
  const [doomed, alive] = startActors(2);
  await lock.acquire();
  void doomed!.run((t) => t.lock.acquireSync(), { lock });
  await until(() => expect(inLine()).toBe(1));
  const waiting = alive!.run((t) => t.lock.acquireSync(), { lock });
  await until(() => expect(inLine()).toBe(2));
  const killed = doomed!.kill();
  lock.release();
  await killed;
  // It may have had the lock for an instant before it ended.
  await waiting.catch(() => lock.recover() && alive!.run((t) => t.lock.acquireSync(), { lock }));
  lock.release();
  expect(lock.tryAcquire()).toBe(true);
  expect(inLine()).toBe(0);
});

test('threads are served in the order they came, and nobody barges in', async () => {
  const { lock, inLine } = openLock();
  const actors = startActors(4);
  const order = new Int32Array(new SharedArrayBuffer(20));
  await lock.acquire();
  const all = [];
  for (const [i, actor] of actors.entries()) {
    all.push(
      actor.run(
        (t) => {
          t.lock.acquireSync();
          t.order[Atomics.add(t.order, 0, 1) + 1] = t.i;
          t.lock.release();
        },
        { lock, order, i },
      ),
    );
    await until(() => expect(inLine()).toBe(i + 1));
  }
  lock.release();
  expect(lock.tryAcquire() && order[0]! < 4).toBe(false);
  await Promise.all(all);
  expect([...order]).toEqual([4, 0, 1, 2, 3]);
});

test('more threads than have a place in line', async () => {
  const { lock, inLine } = openLock();
  await lock.acquire();
  const all = startActors(16).map((actor) =>
    actor.run(
      (t) => {
        t.lock.acquireSync();
        t.lock.release();
      },
      { lock },
    ),
  );
  await until(() => expect(inLine()).toBe(13));
  lock.release();
  await Promise.all(all);
  expect([lock.locked(), inLine()]).toEqual([false, 0]);
}, 60_000);

test('a thread blocks while its own coroutines wait: it goes before them', async () => {
  const { lock, inLine, isMarked } = openLock();
  await lock.acquire();
  const run = startActor().run(
    async (t) => {
      const coroutine = t.lock.acquire();
      t.lock.acquireSync();
      t.lock.release();
      await coroutine;
      t.lock.release();
      return 'done';
    },
    { lock },
  );
  // Marked: from here on the coroutine enters by invitation only, and the one who blocks takes that.
  await until(() => expect([inLine(), isMarked()]).toEqual([1, true]));
  lock.release();
  expect(await run).toBe('done');
  expect([lock.locked(), inLine()]).toEqual([false, 0]);
});

test('threads only share what threads can, and options must make sense', () => {
  const lock = new Lock({ name: 'disk' });
  expect(() => encodeValue([lock], { ground: 'process' })).toThrow(
    expect.objectContaining({
      name: 'SerializationError',
      message: expect.stringContaining(`Lock "disk" is shared by threads only; make it with { scope: 'processes' }`),
    }),
  );
  expect(() => new Lock({ scope: 'planets' as never })).toThrow(TypeError);
  expect(() => new Lock({ words: threadWords(Lock.wordCount), at: 1 })).toThrow(RangeError);
  expect(Lock.wordCount * 4).toBeLessThanOrEqual(64);
});
