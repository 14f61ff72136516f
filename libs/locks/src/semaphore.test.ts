import { inspect } from 'node:util';
import { expect, it, test } from 'vitest';
import { threadWords } from '@interleave/memory';
import { startActor, startActors } from './fixtures/actors.js';
import { until } from './fixtures/until.js';
import { watched } from './fixtures/watched.js';
import { BoundedSemaphore, Semaphore } from './index.js';

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
};

it('SEM-01 begins with 1, or any number from 0', () => {
  expect([new Semaphore().value, new Semaphore(0).value, new BoundedSemaphore(7).value]).toEqual([1, 0, 7]);
  for (const permits of [-1, 1.5, NaN, 2 ** 30]) expect(() => new Semaphore(permits)).toThrow(RangeError);
  expect(() => new Semaphore('1' as never)).toThrow(TypeError);
  expect(() => new BoundedSemaphore(-1)).toThrow(RangeError);
});

it('SEM-02 lets in as many as it has permits, and one for each release', async () => {
  const semaphore = new Semaphore(3);
  for (let i = 0; i < 3; i++) expect(await semaphore.acquire()).toBe(true);
  let inside = 0;
  const waits = [1, 2, 3].map(() => semaphore.acquire().then(() => (inside += 1)));
  await turns();
  expect(inside).toBe(0);
  for (let i = 1; i <= 3; i++) {
    semaphore.release();
    await until(() => expect(inside).toBe(i));
    await turns();
    expect([inside, semaphore.value]).toEqual([i, 0]);
  }
  await Promise.all(waits);
});

it.each([
  ['SEM-03 one by one', false],
  ['SEM-04 at once', true],
])('%s: ten contenders in phases', async (_name, atOnce) => {
  const semaphore = new Semaphore(7);
  await semaphore.acquire();
  const count = new Int32Array(new SharedArrayBuffer(4));
  const contend = async (t: { semaphore: Semaphore; count: Int32Array; blocks: boolean }): Promise<boolean[]> => {
    const results = [];
    for (let round = 0; round < 2; round++) {
      results.push(t.blocks ? t.semaphore.acquireSync() : await t.semaphore.acquire());
      Atomics.add(t.count, 0, 1);
    }
    return results;
  };
  const all = startActors(5).map((actor, i) => actor.run(contend, { semaphore, count, blocks: i !== 0 }));
  for (let i = 0; i < 5; i++) all.push(contend({ semaphore, count, blocks: false }));
  const release = (n: number): void => {
    if (atOnce) semaphore.release(n);
    else for (let i = 0; i < n; i++) semaphore.release();
  };
  for (const [passed, released] of [
    [6, 7],
    [13, 6],
    [19, 1],
  ] as const) {
    await until(() => expect(count[0]).toBe(passed));
    await turns();
    expect(count[0]).toBe(passed);
    release(released);
  }
  expect(await Promise.all(all)).toEqual(Array(10).fill([true, true]));
  expect([count[0], semaphore.value]).toEqual([20, 0]);
});

it('SEM-05 tryAcquire tells at once', () => {
  const semaphore = new Semaphore(2);
  expect([semaphore.tryAcquire(), semaphore.tryAcquire(), semaphore.tryAcquire()]).toEqual([true, true, false]);
  semaphore.release();
  expect(semaphore.tryAcquire()).toBe(true);
});

it('SEM-06 five threads try twice for three permits', async () => {
  const semaphore = new Semaphore(4);
  semaphore.tryAcquire();
  const tries = startActors(5).map((actor) =>
    actor.run((t) => [t.semaphore.tryAcquire(), t.semaphore.tryAcquire()], { semaphore }),
  );
  expect((await Promise.all(tries)).flat().filter(Boolean)).toHaveLength(3);
});

it('SEM-07 timed waits', async () => {
  const semaphore = new Semaphore(2);
  const timed = (): Promise<boolean> => semaphore.acquire({ timeout: 5 });
  expect([await timed(), await timed(), await timed()]).toEqual([true, true, false]);
  semaphore.release();
  expect(await timed()).toBe(true);
  const before = performance.now();
  const there = startActor().run((t) => t.semaphore.acquireSync({ timeout: 500 }), { semaphore });
  expect([await semaphore.acquire({ timeout: 500 }), await there]).toEqual([false, false]);
  expect(performance.now() - before).toBeGreaterThanOrEqual(500);
  expect(await semaphore.acquire({ timeout: -1 })).toBe(false);
  expect(() => semaphore.tryAcquire({ timeout: 5 } as never)).toThrow(RangeError);
});

it('SEM-08 withPermit and hold give back however the body ends', async () => {
  const semaphore = new BoundedSemaphore(1);
  expect(await semaphore.withPermit(() => semaphore.value)).toBe(0);
  await expect(semaphore.withPermit(() => Promise.reject(new Error('inside')))).rejects.toThrow('inside');
  {
    await using _held = await semaphore.hold();
    expect(semaphore.locked()).toBe(true);
    await expect(semaphore.hold({ timeout: 1 })).rejects.toMatchObject({ name: 'TimeoutError' });
  }
  expect(semaphore.value).toBe(1);
});

it('SEM-09 SEM-10 release takes whole numbers from 1, and a bounded one no more than was taken', () => {
  const semaphore = new Semaphore(1);
  for (const count of [0, -1, 1.5]) expect(() => semaphore.release(count)).toThrow(RangeError);
  semaphore.release(4);
  expect(semaphore.value).toBe(5);
  expect(() => semaphore.release(2 ** 30 - 1)).toThrow(RangeError);
  const bounded = new BoundedSemaphore(2, { name: 'disk' });
  bounded.tryAcquire();
  expect(() => bounded.release(2)).toThrow(
    'Cannot release 2 permits of BoundedSemaphore "disk": 1 of 2 are free; release what was acquired',
  );
  expect([semaphore.value, bounded.value]).toEqual([5, 1]);
});

it('SEM-11 says its value', () => {
  expect(inspect(new Semaphore(3))).toBe('<Semaphore value 3>');
  const bounded = new BoundedSemaphore(3, { name: 'disk' });
  bounded.tryAcquire();
  expect(String(bounded)).toBe('<BoundedSemaphore "disk" value 2/3>');
});

it('SEM-12 another thread sees the value, and the bound', async () => {
  const semaphore = new BoundedSemaphore(3);
  const actor = startActor();
  const there = (): Promise<unknown> => actor.run((t) => [t.semaphore.getValue(), String(t.semaphore)], { semaphore });
  semaphore.tryAcquire();
  expect(await there()).toEqual([2, '<BoundedSemaphore value 2/3>']);
  semaphore.release();
  expect(await there()).toEqual([3, '<BoundedSemaphore value 3/3>']);
  await expect(actor.run((t) => t.semaphore.release(), { semaphore })).rejects.toMatchObject({ name: 'RangeError' });
});

it('SEM-13 two threads and two coroutines play ping-pong', async () => {
  const ping = new Semaphore(1);
  const pong = new Semaphore(0);
  const play = async (t: { take: Semaphore; give: Semaphore; blocks: boolean }): Promise<void> => {
    for (let round = 0; round < 5_000; round++) {
      if (t.blocks) t.take.acquireSync();
      else await t.take.acquire();
      t.give.release();
    }
  };
  const [first, second] = startActors(2);
  await Promise.all([
    first!.run(play, { take: ping, give: pong, blocks: true }),
    second!.run(play, { take: pong, give: ping, blocks: true }),
    play({ take: ping, give: pong, blocks: false }),
    play({ take: pong, give: ping, blocks: false }),
  ]);
  expect([ping.value, pong.value]).toEqual([1, 0]);
});

it('SEM-14 a release wakes as many as it has permits, wherever they wait', async () => {
  const semaphore = new Semaphore(1);
  const [holder, waiter] = startActors(2);
  await holder!.run((t) => t.semaphore.acquireSync(), { semaphore });
  const inside = new Int32Array(new SharedArrayBuffer(4));
  const enter = async (t: { semaphore: Semaphore; inside: Int32Array }): Promise<void> => {
    await t.semaphore.acquire();
    Atomics.add(t.inside, 0, 1);
  };
  const all = [waiter!.run(enter, { semaphore, inside }), enter({ semaphore, inside }), enter({ semaphore, inside })];
  await turns();
  expect(inside[0]).toBe(0);
  await holder!.run((t) => t.semaphore.release(2), { semaphore });
  await until(() => expect(inside[0]).toBe(2));
  await turns();
  expect(inside[0]).toBe(2);
  semaphore.release();
  await Promise.all(all);
});

test.each([0, 1, 2])('F24 permits and holders add up when a waiter is called off: number %i', async (cancelled) => {
  for (const order of ['release first', 'abort first']) {
    const semaphore = new Semaphore(0);
    const aborting = [new AbortController(), new AbortController(), new AbortController()];
    let got = 0;
    const waits = aborting.map(({ signal }) => watched(semaphore.acquire({ signal }).then(() => (got += 1))));
    await turns();
    if (order === 'release first') semaphore.release(2);
    aborting[cancelled]!.abort();
    if (order === 'abort first') semaphore.release(2);
    await expect(waits[cancelled]).rejects.toMatchObject({ name: 'CancelledError' });
    await until(() => expect(got).toBe(2));
    expect(semaphore.value).toBe(0);
    semaphore.release();
    expect(semaphore.tryAcquire()).toBe(true);
  }
});

test('F22 who dies in line takes no permit along', async () => {
  const words = threadWords(Semaphore.wordCount);
  const semaphore = new Semaphore(0, { words });
  const actors = startActors(3);
  const all = actors.map((actor) => actor.run((t) => t.semaphore.acquireSync(), { semaphore }));
  const inLine = (): number => Array.from({ length: 13 }, (_, i) => words.load(i + 3)).filter((id) => id !== 0).length;
  await until(() => expect(inLine()).toBe(3));
  await actors[1]!.kill();
  semaphore.release(2);
  const got = await Promise.allSettled(all);
  expect([got[0]!.status, got[2]!.status]).toEqual(['fulfilled', 'fulfilled']);
  semaphore.release();
  expect(semaphore.tryAcquire()).toBe(true);
  expect(inLine()).toBe(0);
});
