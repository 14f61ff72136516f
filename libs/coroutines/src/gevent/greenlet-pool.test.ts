import { inspect } from 'node:util';
import { collect, GreenletExit, PoolFullError, QueueFullError } from '@interleave/core';
import { expect, it } from 'vitest';
import { Greenlet, GreenletPool, Group, joinAll, sleep, spawn, withTimeout } from './index.js';
import { inNoTime } from './fixtures/in-no-time.js';
import { catchReports } from './fixtures/reported.js';

const reports = catchReports();

it('GRN-37 freeCount goes down and up, and spawn waits while it is full', () =>
  inNoTime(async (clock) => {
    const pool = new GreenletPool(2);
    const counts = [pool.freeCount()];
    await pool.spawn(() => sleep(10));
    counts.push(pool.freeCount());
    await pool.spawn(() => sleep(20));
    counts.push(pool.freeCount());
    expect([counts, pool.full(), pool.size, String(pool)]).toEqual([[2, 1, 0], true, 2, '<GreenletPool 2 of 2>']);
    const third = await pool.spawn((text: string) => sleep(20, text), 'third');
    expect([clock.now(), pool.freeCount(), await third.get()]).toEqual([10, 0, 'third']);
    expect([clock.now(), pool.freeCount(), inspect(pool)]).toEqual([30, 2, '<GreenletPool 0 of 2>']);
  }));

it('GRN-37 a size that is none is refused', async () => {
  for (const size of [-1, 1.5, NaN]) expect(() => new GreenletPool(size)).toThrow(RangeError);
  for (const size of ['2', null, {}]) expect(() => new GreenletPool(size as never)).toThrow(TypeError);
  expect([new GreenletPool().freeCount(), new GreenletPool().full(), new GreenletPool(0).full()]).toEqual([
    Infinity,
    false,
    true,
  ]);
  await expect(new GreenletPool(1).spawn(5 as never)).rejects.toThrow(TypeError);
});

it('GRN-37 places are given in the order of the calls, and a wait that was killed takes none', () =>
  inNoTime(async () => {
    const pool = new GreenletPool(1);
    const log: number[] = [];
    const enter = (at: number): Promise<Greenlet<number>> => pool.spawn(() => log.push(at));
    const holder = await pool.spawn(() => sleep(10));
    const waiting = [1, 2, 3].map((at) => spawn(enter, at));
    await sleep(1);
    expect(holder.linkCount).toBe(1);
    await waiting[1]?.kill();
    await joinAll(waiting);
    await pool.join();
    expect([log, pool.freeCount()]).toEqual([[1, 3], 1]);
  }));

it('GRN-37 no place is lost when a waiter is killed in the turn in which one becomes free', () =>
  inNoTime(async () => {
    for (const killed of [0, 1, 2]) {
      for (const order of ['free first', 'kill first']) {
        const pool = new GreenletPool(1);
        const holder = await pool.spawn(() => sleep(1_000));
        let runs = 0;
        const waiting = [0, 1, 2].map(() => spawn(() => pool.spawn(() => (runs += 1))));
        await sleep(1);
        if (order === 'kill first') waiting[killed]?.throw();
        pool.discard(holder);
        if (order === 'free first') waiting[killed]?.throw();
        await joinAll([...waiting, holder], { timeout: 10 });
        await pool.join();
        expect([runs, pool.freeCount()]).toEqual([order === 'free first' && killed === 0 ? 3 : 2, 1]);
        await holder.kill();
      }
    }
  }));

it('GRN-37 waitAvailable tells how many places are free', () =>
  inNoTime(async (clock) => {
    const pool = new GreenletPool(2);
    expect(await pool.waitAvailable()).toBe(2);
    for (const time of [30, 50]) await pool.spawn(() => sleep(time));
    expect([await pool.waitAvailable({ timeout: 10 }), clock.now()]).toEqual([0, 10]);
    expect([await pool.waitAvailable(), clock.now()]).toEqual([1, 30]);
    expect(await new GreenletPool(0).waitAvailable({ timeout: 10 })).toBe(0);
    await pool.join();
  }));

it('GRN-38 a full pool refuses who does not wait, or not long enough', () =>
  inNoTime(async (clock) => {
    const pool = new GreenletPool(1);
    const holder = await pool.spawn(() => sleep(1_000));
    let runs = 0;
    const late = new Greenlet(() => (runs += 1));
    await expect(pool.add(late, { blocking: false })).rejects.toThrow(PoolFullError);
    await expect(pool.add(late, { timeout: 100 })).rejects.toThrow(QueueFullError);
    await expect(pool.start(late, { timeout: 100 })).rejects.toThrow(/no place was free within 100 ms/);
    await expect(withTimeout(100, () => pool.spawn(() => 1), { timeoutValue: 'full' })).resolves.toBe('full');
    expect([clock.now(), runs, late.started, pool.size]).toEqual([300, 0, false, 1]);
    await pool.add(holder, { blocking: false });
    await holder.kill();
    await pool.start(late, { blocking: false });
    await late.join();
    expect([runs, pool.freeCount()]).toEqual([1, 1]);
    await expect(pool.add(5 as never)).rejects.toThrow(TypeError);
  }));

it('GRN-38 one greenlet added twice has one place', () =>
  inNoTime(async () => {
    const pool = new GreenletPool(2);
    const holders = [await pool.spawn(() => sleep(10)), await pool.spawn(() => sleep(10))];
    const twice = new Greenlet(() => sleep(10));
    await Promise.all([pool.start(twice), pool.start(twice)]);
    expect([holders.every((each) => each.dead), pool.size, pool.freeCount()]).toEqual([true, 1, 1]);
    await pool.join();
    expect(pool.freeCount()).toBe(2);
  }));

const squares = async (time: number): Promise<number> => sleep(time, time * time);

it.each([
  ['a group', () => new Group()],
  ['a pool', () => new GreenletPool(2)],
])('GRN-39 map, imap and imapUnordered of %s', (_name, make) =>
  inNoTime(async () => {
    const group = make();
    expect(await group.map(squares, [3, 1, 2])).toEqual([9, 1, 4]);
    expect(await collect(group.imap(squares, new Set([3, 1, 2])))).toEqual([9, 1, 4]);
    expect(await collect(group.imapUnordered(squares, [30, 10, 20]))).toEqual(
      group instanceof Group ? [100, 400, 900] : [100, 900, 400],
    );
    expect([await group.map(squares, []), await collect(group.imap(squares, []))]).toEqual([[], []]);
    expect(await collect(group.imapUnordered(squares, []))).toEqual([]);
    expect(group.size).toBe(0);
  }),
);

it('GRN-39 the error of the iterator comes out, after the results', () =>
  inNoTime(async () => {
    const error = new Error('iterator');
    const items = function* (): Generator<number> {
      yield 1;
      yield 2;
      throw error;
    };
    const pool = new GreenletPool(2);
    await expect(pool.map(squares, items())).rejects.toBe(error);
    for (const results of [pool.imap(squares, items()), pool.imapUnordered(squares, items())]) {
      const values: unknown[] = [];
      await expect(async () => {
        for await (const value of results) values.push(value);
      }).rejects.toBe(error);
      expect([values, await results.next()]).toEqual([[1, 4], { done: true, value: undefined }]);
    }
  }));

it('GRN-39 takes async iterables, and at most maxSize ahead', () =>
  inNoTime(async () => {
    let begun = 0;
    const items = async function* (): AsyncGenerator<number> {
      for (let item = 0; item < 5; item++) yield item;
    };
    const results = new GreenletPool().imap(
      (item: number) => {
        begun += 1;
        return item;
      },
      items(),
      { maxSize: 2 },
    );
    await sleep(1);
    expect(begun).toBe(2);
    expect((await results.next()).value).toBe(0);
    await sleep(1);
    expect(begun).toBe(3);
    expect(await collect(results)).toEqual([1, 2, 3, 4]);
  }));

it('GRN-39 leaving early begins no further items, and closes the source', () =>
  inNoTime(async (clock) => {
    for (const group of [new GreenletPool(2), new Group()]) {
      let closed = false;
      const begun: number[] = [];
      const items = function* (): Generator<number> {
        try {
          for (let item = 1; ; item++) yield item;
        } finally {
          closed = true;
        }
      };
      const body = (item: number): Promise<number> => {
        begun.push(item);
        return sleep(10, item);
      };
      for await (const value of group.imap(body, items(), { maxSize: 3 })) if (value === 2) break;
      const count = begun.length;
      await group.join();
      await sleep(50);
      expect([closed, begun.length - count < 2, group.size]).toEqual([true, true, 0]);
    }
    expect(clock.pending).toBe(0);
  }));

it('GRN-39 what makes no sense is refused at the call', async () => {
  const pool = new GreenletPool(2);
  expect(() => pool.imap(5 as never, [])).toThrow(TypeError);
  expect(() => pool.imapUnordered(squares, 5 as never)).toThrow(/Cannot map over number: pass an iterable/);
  expect(() => pool.imap(squares, [], { maxSize: 0 })).toThrow(RangeError);
  await expect(pool.map(squares, null as never)).rejects.toThrow(TypeError);
});

const inverse = async (item: number): Promise<number> => {
  await sleep(10);
  if (item === 0) throw new Error('division by zero');
  return 1 / item;
};

it('GRN-40 the iterator survives the error of an item', () =>
  inNoTime(async () => {
    for (const walk of ['imap', 'imapUnordered'] as const) {
      const results = new GreenletPool(1)[walk](inverse, [1, 0, 2]);
      expect(await results.next()).toEqual({ done: false, value: 1 });
      await expect(results.next()).rejects.toThrow('division by zero');
      expect(await results.next()).toEqual({ done: false, value: 0.5 });
      expect(await results.next()).toEqual({ done: true, value: undefined });
    }
    const pool = new GreenletPool(1);
    await expect(pool.map(inverse, [1, 0, 2, 3])).rejects.toThrow('division by zero');
    await pool.join();
    expect(reports.errors).toEqual([]);
  }));

it('GRN-40 steps that are asked for at once get different results', () =>
  inNoTime(async () => {
    const results = new GreenletPool(2).imap(inverse, [1, 2]);
    const steps = await Promise.all([results.next(), results.next(), results.next()]);
    expect(steps.map((step) => step.value)).toEqual([1, 0.5, undefined]);
  }));

it('GRN-41 join with a timeout while it is busy', () =>
  inNoTime(async () => {
    const pool = new GreenletPool(2);
    await pool.spawn(() => sleep(50));
    expect(await pool.join({ timeout: 10 })).toBe(false);
    expect(await pool.join()).toBe(true);
    expect(await pool.join({ timeout: 0 })).toBe(true);
  }));

it('GRN-41 join waits also for those who wait for a place', () =>
  inNoTime(async (clock) => {
    const pool = new GreenletPool(1);
    await pool.spawn(() => sleep(10));
    const waiting = spawn(() => pool.spawn(() => sleep(10)));
    await sleep(1);
    expect([await pool.join(), clock.now()]).toEqual([true, 20]);
    await waiting.join();
  }));

it('GRN-41 apply by one of a full pool does not wait for its own place', () =>
  inNoTime(async () => {
    const pool = new GreenletPool(1);
    expect(await pool.apply(() => pool.apply((n: number) => n + 1, [1]))).toBe(2);
    const killed = spawn(() => pool.apply(() => sleep(1_000)));
    await sleep(1);
    await pool.kill();
    expect([await killed.get(), pool.freeCount()]).toEqual([expect.any(GreenletExit), 1]);
  }));
