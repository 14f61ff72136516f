import { inspect } from 'node:util';
import { expect, it, test } from 'vitest';
import { threadWords } from '@interleave/memory';
import { startActor, startActors } from './fixtures/actors.js';
import { until } from './fixtures/until.js';
import { watched } from './fixtures/watched.js';
import { Barrier } from './index.js';

const broken = { name: 'BrokenBarrierError' };
const counter = (): Int32Array => new Int32Array(new SharedArrayBuffer(8));
const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
};

it('BAR-01 parties is a whole number from 1', () => {
  for (const parties of [0, -1, 1.5, NaN]) expect(() => new Barrier(parties)).toThrow(RangeError);
  expect(() => new Barrier('2' as never)).toThrow(TypeError);
  expect(() => new Barrier(2, { timeout: NaN })).toThrow(RangeError);
  expect(new Barrier(2).parties).toBe(2);
});

it('BAR-02 nobody passes until all have come', async () => {
  const barrier = new Barrier(5);
  const passed = counter();
  const all = startActors(4).map((actor) =>
    actor.run(
      (t) => {
        t.barrier.waitSync();
        Atomics.add(t.passed, 0, 1);
      },
      { barrier, passed },
    ),
  );
  await until(() => expect(barrier.nWaiting).toBe(4));
  expect(passed[0]).toBe(0);
  await barrier.wait();
  await Promise.all(all);
  expect(passed[0]).toBe(4);
});

it.each([
  [2, undefined],
  [2, 10_000],
  [4, 300],
])('BAR-03 BAR-05 %i threads that block meet a hundred times, with up to %s looks', async (parties, spin) => {
  const barrier = new Barrier(parties, { spin });
  const meet = (t: { barrier: Barrier }): number[] => Array.from({ length: 100 }, () => t.barrier.waitSync());
  const numbers = await Promise.all(startActors(parties).map((actor) => actor.run(meet, { barrier })));
  for (let round = 0; round < 100; round++) {
    expect(numbers.map((own) => own[round]!).sort()).toEqual(numbers.map((_, number) => number));
  }
  expect(barrier.nWaiting).toBe(0);
});

it('BAR-03 BAR-05 ten rounds in lock step, and each number once a round', async () => {
  const barrier = new Barrier(4);
  const rounds = new Int32Array(new SharedArrayBuffer(16));
  const numbers = await Promise.all(
    startActors(4).map((actor, me) =>
      actor.run(
        async (t) => {
          const own = [];
          for (let round = 1; round <= 10; round++) {
            Atomics.store(t.rounds, t.me, round);
            own.push(t.me % 2 === 0 ? t.barrier.waitSync() : await t.barrier.wait());
            const ahead = [...t.rounds].map((other) => other - round);
            if (ahead.some((by) => by < 0 || by > 1)) throw new Error(`round ${round}: ${String(t.rounds)}`);
          }
          return own;
        },
        { barrier, rounds, me },
      ),
    ),
  );
  for (let round = 0; round < 10; round++) {
    expect(numbers.map((own) => own[round]!).sort()).toEqual([0, 1, 2, 3]);
  }
});

it.each([2, 5])(
  'BAR-04 a thousand rounds with %i threads',
  async (parties) => {
    const barrier = new Barrier(parties);
    await Promise.all(
      startActors(parties).map((actor) =>
        actor.run(
          (t) => {
            for (let round = 0; round < 1_000; round++) t.barrier.waitSync();
          },
          { barrier },
        ),
      ),
    );
    expect(barrier.nWaiting).toBe(0);
  },
  60_000,
);

it('BAR-06 the action runs once a round, before anybody is let go', async () => {
  const order: string[] = [];
  const barrier = new Barrier(3, { action: () => order.push('action') });
  const party = async (): Promise<void> => {
    for (let round = 0; round < 2; round++) {
      await barrier.wait();
      order.push('passed');
    }
  };
  await Promise.all([party(), party(), party()]);
  const round = ['action', 'passed', 'passed', 'passed'];
  expect(order).toEqual([...round, ...round]);
  expect(() => new Barrier(2, { action: 'act' as never })).toThrow(TypeError);
});

it('BAR-06 an action that throws breaks the barrier, and the party that ran it hears why', async () => {
  const barrier = new Barrier(2, { action: () => Promise.reject(new RangeError('no')) });
  const first = watched(barrier.wait());
  await expect(barrier.wait()).rejects.toThrow('no');
  await expect(first).rejects.toMatchObject(broken);
});

it('BAR-07 abort breaks it for those who wait and those who come', async () => {
  const barrier = new Barrier(3, { name: 'phase' });
  const there = startActor().run((t) => t.barrier.waitSync(), { barrier });
  const here = watched(barrier.wait());
  await until(() => expect(barrier.nWaiting).toBe(2));
  barrier.abort();
  await expect(there).rejects.toMatchObject(broken);
  await expect(here).rejects.toThrow('Cannot pass Barrier "phase": it was aborted or reset');
  expect(barrier.broken).toBe(true);
  await expect(barrier.wait()).rejects.toMatchObject(broken);
});

it('BAR-08 BAR-09 a party that comes too late breaks it for all; a timeout of its own goes first', async () => {
  const barrier = new Barrier(3, { timeout: 100 });
  const patient = watched(barrier.wait({ timeout: 60_000 }));
  await expect(barrier.wait()).rejects.toMatchObject(broken);
  await expect(patient).rejects.toMatchObject(broken);
  await expect(barrier.wait()).rejects.toMatchObject(broken);
  expect(barrier.broken).toBe(true);
  const other = new Barrier(2);
  const there = startActor().run((t) => t.other.waitSync({ timeout: 50 }), { other });
  await expect(there).rejects.toMatchObject(broken);
});

it('BAR-10 a barrier of one lets pass at once', async () => {
  const barrier = new Barrier(1);
  for (let round = 0; round < 5; round++) expect(await barrier.wait()).toBe(0);
  expect(await startActor().run((t) => t.barrier.waitSync(), { barrier })).toBe(0);
});

it('BAR-11 says how it stands', async () => {
  const barrier = new Barrier(3, { name: 'phase' });
  const look = (): unknown => [barrier.parties, barrier.nWaiting, barrier.broken, inspect(barrier)];
  expect(look()).toEqual([3, 0, false, '<Barrier "phase" 0 of 3 waiting>']);
  const all = [barrier.wait(), barrier.wait()];
  await turns();
  expect(look()).toEqual([3, 2, false, '<Barrier "phase" 2 of 3 waiting>']);
  await Promise.all([...all, barrier.wait()]);
  expect(look()).toEqual([3, 0, false, '<Barrier "phase" 0 of 3 waiting>']);
  barrier.abort();
  expect(look()).toEqual([3, 0, true, '<Barrier "phase" broken>']);
});

it('BAR-12 threads that block and a coroutine meet', async () => {
  const barrier = new Barrier(3);
  const there = startActors(2).map((actor) => actor.run((t) => t.barrier.waitSync(), { barrier }));
  const numbers = await Promise.all([...there, barrier.wait()]);
  expect(numbers.sort()).toEqual([0, 1, 2]);
});

it('BAR-13 reset and abort may be repeated, and reset makes it usable', async () => {
  const barrier = new Barrier(2);
  barrier.reset();
  barrier.reset();
  barrier.abort();
  barrier.abort();
  expect(barrier.broken).toBe(true);
  barrier.reset();
  expect(barrier.broken).toBe(false);
  const sentAway = watched(barrier.wait());
  barrier.reset();
  await expect(sentAway).rejects.toMatchObject(broken);
  expect((await Promise.all([barrier.wait(), barrier.wait()])).sort()).toEqual([0, 1]);
});

test('F22 a party that dies while it waits breaks the barrier, and reset makes it usable', async () => {
  const barrier = new Barrier(4);
  const [doomed, waiter] = startActors(2);
  void doomed!.run((t) => t.barrier.waitSync(), { barrier });
  const there = waiter!.run((t) => t.barrier.waitSync(), { barrier });
  const here = watched(barrier.wait());
  await until(() => expect(barrier.nWaiting).toBe(3));
  await doomed!.kill();
  await expect(there).rejects.toMatchObject(broken);
  await expect(here).rejects.toMatchObject(broken);
  barrier.reset();
  expect(await Promise.all([1, 2, 3, 4].map(() => barrier.wait()))).toEqual([0, 1, 2, 3]);
});

test('F24 an aborted wait takes its arrival back', async () => {
  const words = threadWords(3);
  const barrier = new Barrier(2, { words });
  const aborting = new AbortController();
  const first = watched(barrier.wait({ signal: aborting.signal }));
  await turns();
  const reason = new Error('no more');
  aborting.abort(reason);
  await expect(first).rejects.toMatchObject({ name: 'CancelledError', reason });
  expect([barrier.nWaiting, barrier.broken]).toEqual([0, false]);
  await turns();
  expect(words.notify(0)).toBe(0);
  expect((await Promise.all([barrier.wait(), barrier.wait()])).sort()).toEqual([0, 1]);
});
