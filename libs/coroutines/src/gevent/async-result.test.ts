import { inspect } from 'node:util';
import { InvalidStateError, TimeoutError } from '@interleave/core';
import { expect, it } from 'vitest';
import { AsyncResult, sleep, spawn, spawnLater } from './index.js';
import { inNoTime } from './fixtures/in-no-time.js';
import { catchReports } from './fixtures/reported.js';

const reports = catchReports();

it('GRN-31 several waiters all get the value, before and after', () =>
  inNoTime(async () => {
    const result = new AsyncResult<string>();
    const early = [1, 2, 3].map(() => spawn(() => result.get()));
    expect([result.ready(), result.successful(), result.value]).toEqual([false, false, undefined]);
    spawnLater(10, () => result.set('there'));
    expect(await Promise.all(early.map((each) => each.get()))).toEqual(['there', 'there', 'there']);
    expect([result.ready(), result.successful(), result.value, result.exception]).toEqual([
      true,
      true,
      'there',
      undefined,
    ]);
    expect([await result.get(), result.getNowait(), await result.wait()]).toEqual(['there', 'there', true]);
  }));

it('GRN-31 several waiters all get the error; one that nobody gets is silent', () =>
  inNoTime(async () => {
    const error = new Error('no');
    const result = new AsyncResult<string>();
    const waiter = spawn(() => result.wait());
    const early = [1, 2].map(() => spawn(() => result.get()));
    spawnLater(10, () => result.setException(error));
    for (const each of early) await expect(each.get()).rejects.toBe(error);
    await expect(result.get()).rejects.toBe(error);
    expect(() => result.getNowait()).toThrow(error);
    expect([await waiter.get(), result.ready(), result.successful(), result.exception]).toEqual([
      true,
      true,
      false,
      error,
    ]);
    new AsyncResult().setException(new Error('nobody asked'));
    expect(reports.errors).toEqual([]);
  }));

it('GRN-31 a wait that is over before it is set', () =>
  inNoTime(async (clock) => {
    const result = new AsyncResult<string>();
    await expect(result.get({ timeout: 0 })).rejects.toThrow(TimeoutError);
    expect(() => result.getNowait()).toThrow(TimeoutError);
    await expect(result.get({ timeout: 10 })).rejects.toThrow(TimeoutError);
    expect([await result.wait({ timeout: 10 }), clock.now()]).toEqual([false, 20]);
    const killed = spawn(() => result.get());
    await sleep(1);
    await killed.kill();
    result.set('late');
    expect(await result.get({ timeout: 0 })).toBe('late');
  }));

it('GRN-31 it is set once', () => {
  const result = new AsyncResult<number>();
  expect(String(result)).toBe('<AsyncResult unset>');
  result.set(1);
  expect(() => result.set(2)).toThrow(InvalidStateError);
  expect(() => result.setException(new Error('no'))).toThrow(/Cannot set <AsyncResult set>: it is set once/);
  expect([result.value, inspect(result)]).toEqual([1, '<AsyncResult set>']);
});
