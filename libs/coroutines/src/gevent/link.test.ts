import { expect, it } from 'vitest';
import { AsyncResult, Queue, sleep, spawn, type Greenlet } from './index.js';
import { inNoTime } from './fixtures/in-no-time.js';
import { catchReports } from './fixtures/reported.js';

const reports = catchReports();

const fail = (error: unknown): never => {
  throw error;
};

it.each([2, 3, 1_000])('GRN-17 %i links are called once, in the order of registration', async (count) => {
  const greenlet = spawn(() => 5);
  const calls: unknown[] = [];
  for (let at = 0; at < count; at++) greenlet.link((ended) => calls.push([at, ended]));
  expect(greenlet.linkCount).toBe(count);
  await greenlet.join();
  await reports.settled();
  expect(calls).toEqual(Array.from({ length: count }, (_, at) => [at, greenlet]));
  expect(greenlet.linkCount).toBe(0);
});

it('GRN-17 a link that comes after the end is followed, in a later turn', async () => {
  const greenlet = spawn(() => 5);
  await greenlet.join();
  const calls: unknown[] = [];
  greenlet.link((ended) => calls.push(ended.value));
  expect(calls).toEqual([]);
  await reports.settled();
  expect(calls).toEqual([5]);
});

it('GRN-17 what cannot be linked to is refused', () => {
  const greenlet = spawn(() => 5);
  for (const target of [undefined, null, 5, 'name', {}]) {
    expect(() => greenlet.link(target as never)).toThrow(TypeError);
    expect(() => greenlet.linkValue(target as never)).toThrow(TypeError);
    expect(() => greenlet.linkException(target as never)).toThrow(/Cannot link Greenlet .* to /);
  }
  expect(greenlet.linkCount).toBe(0);
});

it('GRN-18 linkValue for success, linkException for failure, unlink takes out', async () => {
  const log: string[] = [];
  const watch = (greenlet: Greenlet): void => {
    const removed = (): void => void log.push(`${greenlet.name} removed`);
    greenlet.link(removed);
    greenlet.linkValue(() => log.push(`${greenlet.name} value`));
    greenlet.linkException(() => log.push(`${greenlet.name} exception`));
    greenlet.link(() => log.push(`${greenlet.name} end`));
    greenlet.unlink(removed);
    greenlet.unlink(() => 'never linked');
  };
  watch(spawn(function good() {}));
  watch(
    spawn(function bad() {
      fail(new Error('bad'));
    }),
  );
  expect(await reports.settled()).toEqual([]);
  expect(log.filter((line) => line.startsWith('good'))).toEqual(['good value', 'good end']);
  expect(log.filter((line) => line.startsWith('bad'))).toEqual(['bad exception', 'bad end']);
});

it('GRN-18 a link that throws disturbs nobody and is reported', async () => {
  const [thrown, rejected] = [new Error('thrown'), new Error('rejected')];
  const calls: string[] = [];
  const greenlet = spawn(() => 5);
  greenlet.link(() => fail(thrown));
  greenlet.link(async () => fail(rejected));
  greenlet.link(() => calls.push('third'));
  expect(await greenlet.get()).toBe(5);
  expect(await reports.settled()).toEqual([thrown, rejected]);
  expect(calls).toEqual(['third']);
});

it('GRN-18 a link may wait, in a fiber of its own', () =>
  inNoTime(async (clock) => {
    const seen: number[] = [];
    const greenlet = spawn(() => sleep(10));
    greenlet.link(async () => {
      await sleep(20);
      seen.push(clock.now());
    });
    await greenlet.join();
    await greenlet.kill();
    await sleep(50);
    expect(seen).toEqual([30]);
  }));

it('GRN-19 linked to an AsyncResult, value and error are handed on', async () => {
  const error = new Error('bad');
  const [value, failure] = [new AsyncResult<number>(), new AsyncResult<number>()];
  spawn(() => 5).link(value);
  spawn((): number => fail(error)).link(failure);
  expect(await value.get()).toBe(5);
  await expect(failure.get()).rejects.toBe(error);
  expect(await reports.settled()).toEqual([]);
});

it('GRN-19 linked to a queue, the greenlet is put there', async () => {
  const queue = new Queue<unknown>();
  const greenlet = spawn(() => 1);
  greenlet.link(queue);
  expect(await queue.get({ timeout: 1_000 })).toBe(greenlet);
});

it('GRN-19 linked to something with put, the greenlet is put there', async () => {
  const ended: unknown[] = [];
  const queue = { put: (greenlet: unknown) => ended.push(greenlet) };
  const greenlet = spawn(() => 5);
  greenlet.link(queue);
  await greenlet.join();
  await reports.settled();
  expect(ended).toEqual([greenlet]);
});
