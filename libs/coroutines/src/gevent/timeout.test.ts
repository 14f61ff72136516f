import { InvalidStateError, TimeoutError } from '@interleave/core';
import { expect, it } from 'vitest';
import { sleep, spawn, Timeout, withTimeout } from './index.js';
import { inNoTime } from './fixtures/in-no-time.js';
import { catchReports } from './fixtures/reported.js';

const reports = catchReports();

class MyError extends Error {}

it('GRN-27 it expires with that very object as the error', () =>
  inNoTime(async (clock) => {
    const timeout = new Timeout(10);
    const running = timeout.run((given) => {
      expect([given, timeout.pending]).toEqual([timeout, true]);
      return sleep(100);
    });
    await expect(running).rejects.toBe(timeout);
    expect(timeout).toBeInstanceOf(TimeoutError);
    expect([clock.now(), clock.pending, timeout.pending, String(timeout)]).toEqual([
      10,
      0,
      false,
      'Timeout: Not done within 10 ms',
    ]);
  }));

it('GRN-27 finished in time it leaves nothing, outside of any greenlet and inside of one', () =>
  inNoTime(async (clock) => {
    for (const within of [
      (body: () => Promise<unknown>) => body(),
      (body: () => Promise<unknown>) => spawn(body).get(),
    ]) {
      const timeout = new Timeout(50);
      expect(await within(() => timeout.run(() => sleep(10, 'in time')))).toBe('in time');
      expect([timeout.pending, clock.pending]).toEqual([false, 0]);
    }
    const failing = new Timeout(50);
    await expect(failing.run(() => Promise.reject(new MyError('body')))).rejects.toThrow(MyError);
    expect([failing.pending, clock.pending]).toEqual([false, 0]);
  }));

it('GRN-27 it interrupts its body alone, not what the greenlet does beside it', () =>
  inNoTime(async (clock) => {
    const greenlet = spawn(() => Promise.allSettled([new Timeout(10).run(() => sleep(100)), sleep(20, 'beside')]));
    const [limited, beside] = await greenlet.get();
    expect([limited?.status, beside]).toEqual(['rejected', { status: 'fulfilled', value: 'beside' }]);
    expect(clock.now()).toBe(20);
  }));

it('GRN-27 the inner one of two expires first, and the other way round', () =>
  inNoTime(async (clock) => {
    const [short, long] = [new Timeout(10), new Timeout(30)];
    await expect(long.run(() => short.run(() => sleep(100)))).rejects.toBe(short);
    await expect(short.run(() => long.run(() => sleep(100)))).rejects.toBe(short);
    const [first, second] = [new Timeout(10), new Timeout(10)];
    await expect(first.run(() => second.run(() => sleep(100)))).rejects.toBe(first);
    expect(clock.now()).toBe(30);
    await sleep(100);
  }));

it('GRN-27 a body that never comes to a wait was in time', () =>
  inNoTime(async () => {
    const greenlet = spawn(async () => {
      const timeout = new Timeout(10);
      const value = await timeout.run(async () => {
        while (timeout.pending) await new Promise((resolve) => setImmediate(resolve));
        return 'late';
      });
      await sleep(10);
      return value;
    });
    await sleep(20);
    expect(await greenlet.get()).toBe('late');
  }));

it('GRN-27 a kill reaches the body inside a timeout, and comes out of it', () =>
  inNoTime(async (clock) => {
    const log: string[] = [];
    const greenlet = spawn(() =>
      new Timeout(1_000).run(async () => {
        try {
          await sleep(500);
        } finally {
          log.push('cleaned up');
        }
      }),
    );
    await sleep(1);
    await greenlet.kill();
    expect([log, greenlet.successful(), clock.now()]).toEqual([['cleaned up'], true, 1]);
  }));

it('GRN-27 a kill that the body inside did not meet is met after it', () =>
  inNoTime(async () => {
    const log: string[] = [];
    const greenlet = spawn(async () => {
      await new Timeout(1_000).run(() => greenlet.throw());
      log.push('after the timeout');
      await sleep(5);
      log.push('never');
    });
    await greenlet.join();
    expect([log, greenlet.successful()]).toEqual([['after the timeout'], true]);
  }));

it('GRN-28 it throws the error it was given, as an object or a class, or carries a message', () =>
  inNoTime(async () => {
    const error = new MyError('mine');
    await expect(new Timeout(10, error).run(() => sleep(100))).rejects.toBe(error);
    await expect(new Timeout(10, MyError).run(() => sleep(100))).rejects.toBeInstanceOf(MyError);
    const worded = new Timeout(10, 'nobody answered');
    await expect(worded.run(() => sleep(100))).rejects.toBe(worded);
    expect(worded.message).toBe('nobody answered');
  }));

it('GRN-28 false ends the scope silently, undefined never fires', () =>
  inNoTime(async (clock) => {
    expect(await new Timeout(10, false).run(() => sleep(100, 'late'))).toBeUndefined();
    expect(await new Timeout(200, false).run(() => sleep(100, 'in time'))).toBe('in time');
    const never = new Timeout(undefined);
    const body = (): Promise<string> => {
      expect([never.pending, clock.pending]).toEqual([true, 0]);
      return sleep(10_000, 'done');
    };
    expect(await never.run(body)).toBe('done');
    expect(never.pending).toBe(false);
  }));

it('GRN-28 what cannot be thrown is refused when it is made', () => {
  for (const cause of [null, true, 5, {}, () => 1, class {}]) {
    expect(() => new Timeout(10, cause as never)).toThrow(TypeError);
  }
  expect(() => new Timeout(NaN)).toThrow(RangeError);
  expect(() => new Timeout('10' as never)).toThrow(TypeError);
});

it('GRN-29 cancel inside the scope stops it, and it can be used again', () =>
  inNoTime(async (clock) => {
    const timeout = new Timeout(10);
    const cancelled = timeout.run(async () => {
      timeout.cancel();
      timeout.cancel();
      return sleep(100, 'done');
    });
    expect(await cancelled).toBe('done');
    await expect(timeout.run(() => sleep(100))).rejects.toBe(timeout);
    await expect(timeout.run(() => sleep(100))).rejects.toBe(timeout);
    expect(clock.now()).toBe(120);
  }));

it('GRN-29 start and cancel by hand, in a greenlet', () =>
  inNoTime(async (clock) => {
    const greenlet = spawn(async () => {
      const timeout = Timeout.startNew(10);
      expect(() => timeout.start()).toThrow(InvalidStateError);
      await expect(timeout.run(() => 1)).rejects.toThrow(/Cannot start a timeout of 10 ms: it runs/);
      expect(timeout.pending).toBe(true);
      await expect(sleep(100)).rejects.toBe(timeout);
      timeout.start();
      timeout.cancel();
      return sleep(100, 'done');
    });
    expect([await greenlet.get(), clock.now(), clock.pending]).toEqual(['done', 110, 0]);
  }));

it('GRN-29 started outside of any greenlet it goes to the uncaught hook', async () => {
  const timeout = Timeout.startNew(1);
  while (timeout.pending) await new Promise((resolve) => setImmediate(resolve));
  expect(await reports.settled()).toEqual([timeout]);
});

it('GRN-30 withTimeout: the value in time, the other value when late, the error without one', () =>
  inNoTime(async () => {
    expect(await withTimeout(50, () => sleep(10, 'value'), { timeoutValue: 'late' })).toBe('value');
    expect(await withTimeout(5, () => sleep(10, 'value'), { timeoutValue: 'late' })).toBe('late');
    expect(await withTimeout(5, () => sleep(10, 'value'), { timeoutValue: undefined })).toBeUndefined();
    await expect(withTimeout(5, () => sleep(10))).rejects.toThrow(TimeoutError);
    expect(await withTimeout(undefined, () => sleep(10, 'value'))).toBe('value');
  }));

it('GRN-30 another timeout is no reason for the other value', () =>
  inNoTime(async () => {
    const [inner, outer] = [new Timeout(5), new Timeout(5)];
    const late = { timeoutValue: 'late' };
    await expect(withTimeout(50, () => inner.run(() => sleep(10)), late)).rejects.toBe(inner);
    await expect(outer.run(() => withTimeout(50, () => sleep(100), late))).rejects.toBe(outer);
  }));
