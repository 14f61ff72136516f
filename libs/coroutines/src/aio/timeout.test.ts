import { CancelledError, InvalidStateError, TIMEOUT_MAX, TimeoutError } from '@interleave/core';
import { expectNothingLeft } from '@interleave/testing';
import { expect, it } from 'vitest';
import { inVirtualTime } from '../fixtures/virtual-time.js';
import { sleep } from '../sleep.js';
import { run } from './run.js';
import { currentTask, spawn } from './task.js';
import { now, timeout, timeoutAt, type Timeout } from './timeout.js';

const caught = (promise: PromiseLike<unknown>): Promise<unknown> =>
  Promise.resolve(promise).then(
    () => undefined,
    (error: unknown) => error,
  );

it('TMO-01 past its time the body is cancelled where it waits', () =>
  inVirtualTime(async (clock) => {
    for (const limit of [timeout(100), timeoutAt(now() + 200)]) {
      const begun = clock.now();
      const error = await caught(limit.run(() => sleep(1_000)));
      expect(error).toBeInstanceOf(TimeoutError);
      expect((error as TimeoutError).cause).toBeInstanceOf(CancelledError);
      expect(limit.expired()).toBe(true);
      expect(limit.when()).toBe(clock.now());
      expect(clock.now()).toBeGreaterThan(begun);
    }
    expect(clock.now()).toBe(300 - 100);
  }));

it('TMO-02 a body in time', () =>
  inVirtualTime(async (clock) => {
    const limit = timeout(100);
    expect(await limit.run(() => sleep(10, 'in time'))).toBe('in time');
    expect([limit.expired(), limit.when(), clock.pending]).toEqual([false, 100, 0]);
  }));

it('TMO-03 without a limit it never fires', () =>
  inVirtualTime(async () => {
    for (const limit of [timeout(undefined), timeout(Infinity), timeoutAt(undefined)]) {
      expect(await limit.run(() => sleep(1e12, 'at last'))).toBe('at last');
      expect([limit.expired(), limit.when()]).toEqual([false, undefined]);
    }
    expect(() => timeout(NaN)).toThrow(RangeError);
    expect(() => timeoutAt(NaN)).toThrow(RangeError);
    expect(() => timeout('5' as never)).toThrow(TypeError);
  }));

it('TMO-04 another error comes out as it is', () =>
  inVirtualTime(async () => {
    const limit = timeout(100);
    const error = new RangeError('mine');
    expect(await caught(limit.run(() => Promise.reject(error)))).toBe(error);
    expect(limit.expired()).toBe(false);
  }));

it('TMO-05 a body that turns the cancellation into an error of its own', () =>
  inVirtualTime(async () => {
    const limit = timeout(100);
    const error = new RangeError('mine');
    const body = async (): Promise<void> => {
      await sleep(1_000).catch(() => Promise.reject(error));
    };
    expect(await caught(limit.run(body))).toBe(error);
    expect(limit.expired()).toBe(true);
  }));

it('TMO-06 a cancel from outside before the time stays one', () =>
  inVirtualTime(async () => {
    const limit = timeout(100);
    const task = spawn(() => limit.run(() => sleep(1_000)));
    await sleep(1);
    task.cancel('from outside');
    await expect(task).rejects.toMatchObject({ name: 'CancelledError', reason: 'from outside' });
    expect(limit.expired()).toBe(false);
  }));

it('TMO-07 a caught TimeoutError leaves the task alive, and not cancelled', () =>
  inVirtualTime(async () => {
    await expect(timeout(10).run(() => sleep(100))).rejects.toThrow(TimeoutError);
    expect(currentTask()?.cancelling()).toBe(0);
    expect(await sleep(10, 'alive')).toBe('alive');
  }));

it('TMO-08 nested: the scope whose time is up reports; the outer goes on', () =>
  inVirtualTime(async () => {
    const outer = timeout(100);
    const inner = timeout(10);
    const value = await outer.run(async () => {
      await expect(inner.run(() => sleep(50))).rejects.toThrow('Timeout of 10 ms is over');
      return sleep(10, 'went on');
    });
    expect(value).toBe('went on');
    expect([inner.expired(), outer.expired()]).toEqual([true, false]);
  }));

it('TMO-09 nested: the outer time is up first', () =>
  inVirtualTime(async () => {
    const outer = timeout(10);
    const inner = timeout(100);
    let inside: unknown;
    const error = await caught(
      outer.run(async () => {
        inside = await caught(inner.run(() => sleep(1_000)));
        throw inside;
      }),
    );
    expect(error).toMatchObject({ name: 'TimeoutError', message: expect.stringContaining('of 10 ms') });
    expect(inside).toBeInstanceOf(CancelledError);
    expect([inner.expired(), outer.expired()]).toEqual([false, true]);
  }));

it('TMO-10 reschedule, both ways, and off', () =>
  inVirtualTime(async (clock) => {
    const sooner = timeout(1_000);
    const late = sooner.run(async (limit) => {
      limit.reschedule(now() + 10);
      await sleep(500);
    });
    await expect(late).rejects.toThrow(TimeoutError);
    expect(clock.now()).toBe(10);
    const later = timeout(10);
    expect(await later.run((limit) => (limit.reschedule(now() + 100), sleep(50, 'in time')))).toBe('in time');
    expect(later.when()).toBe(110);
    const off = timeout(10);
    expect(await off.run((limit) => (limit.reschedule(undefined), sleep(50, 'in time')))).toBe('in time');
    expect(off.when()).toBeUndefined();
  }));

it('TMO-11 reschedule before, afterwards, and too late', () =>
  inVirtualTime(async () => {
    const limit = timeout(10);
    expect(() => limit.reschedule(5)).toThrow('it is created, and not entered');
    await limit.run(() => sleep(1));
    expect(() => limit.reschedule(5)).toThrow(InvalidStateError);
    const expired = timeout(10);
    const body = async (own: Timeout): Promise<void> => {
      await sleep(100).catch(() => {});
      expect(() => own.reschedule(1_000)).toThrow('it is expired');
    };
    await expired.run(body);
    expect(expired.expired()).toBe(true);
  }));

it('TMO-12 the same scope twice', () =>
  inVirtualTime(async () => {
    const limit = timeout(10);
    await limit.run(async () => {
      await expect(limit.run(() => sleep(1))).rejects.toThrow(InvalidStateError);
    });
    await expect(limit.run(() => sleep(1))).rejects.toThrow('it was entered before; make a new one');
  }));

it('TMO-13 the loop was blocked past both: the inner reports, then the outer stops the next wait', () =>
  expectNothingLeft(() =>
    run(async () => {
      // Moments and not limits: a busy machine may pause between the two.
      const begun = now();
      const [inner, outer] = [timeoutAt(begun + 10), timeoutAt(begun + 60)];
      let reported: unknown;
      const left = outer.run(async () => {
        reported = await caught(
          inner.run(async () => {
            while (now() < begun + 100);
            await sleep(10_000);
          }),
        );
        await sleep(10_000);
      });
      await expect(left).rejects.toThrow(`Timeout at ${begun + 60} is over`);
      expect(reported).toMatchObject({ name: 'TimeoutError', message: expect.stringContaining(`at ${begun + 10}`) });
      expect([inner.expired(), outer.expired()]).toEqual([true, true]);
    }),
  ));

it('TMO-14 far limits never fire early', () =>
  expectNothingLeft(() =>
    run(async () => {
      for (const limit of [2 ** 31, 2 ** 31 - 1, 1e12, TIMEOUT_MAX]) {
        expect(await timeout(limit).run(() => sleep(3, 'in time'))).toBe('in time');
      }
      expect(() => timeout(TIMEOUT_MAX * 2)).toThrow(RangeError);
    }),
  ));

it('a limit stops its own branch of a task, and no other', () =>
  inVirtualTime(async () => {
    const [short, long] = await Promise.allSettled([
      timeout(10).run(() => sleep(50, 'short')),
      timeout(100).run(() => sleep(50, 'long')),
    ]);
    expect(short).toMatchObject({ status: 'rejected', reason: { name: 'TimeoutError' } });
    expect(long).toEqual({ status: 'fulfilled', value: 'long' });
  }));

it('outside of any task it works as well', () =>
  expectNothingLeft(async () => {
    await expect(timeout(5).run(() => sleep(10_000))).rejects.toThrow(TimeoutError);
  }));

it('a cancel that has not arrived in the body arrives behind it', () =>
  inVirtualTime(async () => {
    let finish = (): void => {};
    const task = spawn(async () => {
      await timeout(1_000).run(() => new Promise<void>((resolve) => (finish = resolve)));
      await sleep(1_000);
    });
    await sleep(1);
    task.cancel('from outside');
    finish();
    await expect(task).rejects.toMatchObject({ reason: 'from outside' });
  }));
