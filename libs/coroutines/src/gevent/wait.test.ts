import { collect, GreenletExit } from '@interleave/core';
import { Event } from '@interleave/events';
import { expect, it } from 'vitest';
import {
  AsyncResult,
  catchErrors,
  Greenlet,
  isGreenletExit,
  iwait,
  joinAll,
  killAll,
  sleep,
  spawn,
  Timeout,
  wait,
} from './index.js';
import { inNoTime } from './fixtures/in-no-time.js';
import { catchReports } from './fixtures/reported.js';

const reports = catchReports();

const fail = (error: unknown): never => {
  throw error;
};

it.each([
  ['array', (list: Greenlet[]) => list],
  ['set', (list: Greenlet[]) => new Set(list)],
])('GRN-15 killAll of a %s, started or not', (_name, form) =>
  inNoTime(async (clock) => {
    let runs = 0;
    const started = [1, 2].map(() => spawn(() => sleep(1_000)));
    await sleep(1);
    const fresh = [spawn(() => (runs += 1)), new Greenlet(() => (runs += 1))];
    await killAll(form([...started, ...fresh]));
    expect([...started, ...fresh].map((each) => each.value)).toEqual(Array(4).fill(expect.any(GreenletExit)));
    expect([runs, clock.now(), clock.pending]).toEqual([0, 1, 0]);
  }),
);

it('GRN-15 killAll without waiting, and with an error', () =>
  inNoTime(async () => {
    const error = new Error('enough');
    const both = [1, 2].map(() => spawn(() => sleep(1_000)));
    await sleep(1);
    await killAll(both, { block: false, exception: error });
    await sleep(0);
    expect(both.map((each) => each.exception)).toEqual([error, error]);
    await killAll([]);
    for (const given of [5, [5], [new AsyncResult()]]) {
      await expect(killAll(given as never)).rejects.toThrow(TypeError);
    }
    expect(reports.errors).toEqual([]);
  }));

it('GRN-15 killAll tells how many did not end in time', () =>
  inNoTime(async () => {
    const stubborn = spawn(() => sleep(100).catch(() => sleep(100)));
    const quick = spawn(() => sleep(100));
    await sleep(1);
    await expect(killAll([stubborn, quick], { timeout: 10 })).rejects.toThrow(/Cannot kill 1 of 2 greenlets/);
    expect([stubborn.dead, quick.dead]).toEqual([false, true]);
    await stubborn.join();
  }));

it('GRN-16 the helper that catches errors lets a GreenletExit through', () =>
  inNoTime(async () => {
    const error = new Error('no');
    expect([
      await catchErrors(
        () => 1,
        () => 2,
      ),
      await catchErrors(
        () => fail(error),
        (e) => e,
      ),
    ]).toEqual([1, error]);
    const greenlet = spawn(() =>
      catchErrors(
        () => sleep(1_000),
        () => 'caught',
      ),
    );
    await sleep(1);
    await greenlet.kill();
    const limit = new Timeout(10);
    await expect(limit.run(() => catchErrors(() => sleep(100), String))).rejects.toBe(limit);
    expect([isGreenletExit(greenlet.value), isGreenletExit(error)]).toEqual([true, false]);
  }));

it('GRN-16 a body that rethrows a GreenletExit ends successful', () =>
  inNoTime(async () => {
    const greenlet = spawn(async () => {
      try {
        await sleep(1_000);
      } catch (error) {
        if (isGreenletExit(error)) throw error;
      }
    });
    await sleep(1);
    await greenlet.kill();
    expect([greenlet.successful(), greenlet.exception]).toEqual([true, undefined]);
  }));

it('GRN-20 joinAll waits for all, duplicates allowed, and returns those that ended', () =>
  inNoTime(async (clock) => {
    const [slow, quick] = [spawn(() => sleep(20)), spawn(() => sleep(10))];
    const failing = spawn(fail, new Error('no'));
    expect(await joinAll([slow, quick, slow, failing])).toEqual([failing, quick, slow]);
    expect(clock.now()).toBe(20);
  }));

it('GRN-20 joinAll with a count ends early, and leaves nothing behind', () =>
  inNoTime(async (clock) => {
    const all = [30, 10, 20].map((time) => spawn(() => sleep(time, time)));
    expect((await joinAll(all, { count: 1 })).map((each) => each.value)).toEqual([10]);
    expect([clock.now(), ...all.map((each) => each.linkCount)]).toEqual([10, 0, 0, 0]);
    expect(await joinAll(all, { count: 0 })).toEqual([]);
    expect((await joinAll(new Set(all), { count: 2 })).map((each) => each.value)).toEqual([10, 20]);
    await joinAll(all);
    await expect(joinAll(all, { count: -1 })).rejects.toThrow(RangeError);
    await expect(joinAll(all, { count: '1' as never })).rejects.toThrow(TypeError);
  }));

it('GRN-20 joinAll with raiseError throws the first error', () =>
  inNoTime(async (clock) => {
    const error = new Error('no');
    const failing = spawn(async () => {
      await sleep(10);
      fail(error);
    });
    const slow = spawn(() => sleep(50));
    await expect(joinAll([slow, failing], { raiseError: true })).rejects.toBe(error);
    expect([clock.now(), slow.linkCount]).toEqual([10, 0]);
    await expect(joinAll([slow, failing], { raiseError: true, count: 1 })).rejects.toBe(error);
    await slow.join();
    expect(reports.errors).toEqual([]);
  }));

it('GRN-21 joinAll of nothing resolves at once; a timeout returns what has ended', () =>
  inNoTime(async (clock) => {
    expect([await joinAll([]), await joinAll([], { timeout: 5, count: 3, raiseError: true })]).toEqual([[], []]);
    const [quick, slow] = [spawn(() => sleep(10)), spawn(() => sleep(100))];
    expect(await joinAll([slow, quick], { timeout: 50 })).toEqual([quick]);
    expect([clock.now(), await joinAll([slow, quick], { timeout: 0 })]).toEqual([50, [quick]]);
    await slow.join();
    for (const given of [undefined, 5, [5], [undefined]]) {
      await expect(joinAll(given as never)).rejects.toThrow(TypeError);
    }
  }));

it('GRN-22 wait for events, results and greenlets, all or as many as are enough', () =>
  inNoTime(async () => {
    const scene = (): [Event, AsyncResult<number>, Greenlet<void>, AsyncResult<number>] => {
      const [event, result] = [new Event(), new AsyncResult<number>()];
      spawn(async () => {
        await sleep(10);
        event.set();
        await sleep(10);
        result.set(5);
      });
      return [event, result, spawn(() => sleep(30)), new AsyncResult<number>()];
    };
    const [event, result, greenlet, never] = scene();
    expect(await wait([greenlet, never, result, event], { timeout: 100 })).toEqual([event, result, greenlet]);
    expect(await wait([greenlet, never, result, event], { timeout: 0 })).toEqual([greenlet, result, event]);
    for (const count of [1, 2]) {
      const objects = scene();
      expect(await wait(objects, { count })).toEqual(objects.slice(0, count));
      await objects[2].join();
    }
  }));

it('GRN-23 iwait yields objects as they become ready', () =>
  inNoTime(async (clock) => {
    const all = [30, 10, 20].map((time) => spawn(() => sleep(time, time)));
    const seen: unknown[] = [];
    for await (const greenlet of iwait(all)) seen.push([greenlet.value, clock.now()]);
    expect(seen).toEqual([
      [10, 10],
      [20, 20],
      [30, 30],
    ]);
    expect(await collect(iwait(all, { count: 2 }))).toEqual(all.slice(0, 2));
  }));

it('GRN-23 iwait left early takes its listeners out', () =>
  inNoTime(async () => {
    const all = [30, 10, 20].map((time) => spawn(() => sleep(time)));
    const result = new AsyncResult();
    const event = new Event();
    for await (const first of iwait([...all, result, event])) {
      expect(first).toBe(all[1]);
      expect(all.map((each) => each.linkCount)).toEqual([1, 0, 1]);
      break;
    }
    expect(all.map((each) => each.linkCount)).toEqual([0, 0, 0]);
    await joinAll(all);
  }));

it('GRN-23 iwait killed while it waits takes its listeners out, too', () =>
  inNoTime(async () => {
    const slow = spawn(() => sleep(30));
    const waiter = spawn(() => collect(iwait([slow])));
    await sleep(1);
    expect(slow.linkCount).toBe(1);
    await waiter.kill();
    expect(slow.linkCount).toBe(0);
    await slow.join();
  }));
