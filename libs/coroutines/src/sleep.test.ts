import { CancelledError, TIMEOUT_MAX } from '@interleave/core';
import { expectNothingLeft, VirtualClock } from '@interleave/testing';
import { expect, it } from 'vitest';
import { aio } from './index.js';

it('AIO-31 resolves to the value after the time', async () => {
  const clock = new VirtualClock();
  const main = async (): Promise<void> => {
    expect(await aio.sleep(3_600_000, 'rested')).toBe('rested');
  };
  await clock.run(() => aio.run(main, { clock }));
  expect(clock.now()).toBe(3_600_000);
});

it('AIO-31 a cancelled sleep ends at once, and its timer is gone', () =>
  expectNothingLeft(() =>
    aio.run(async () => {
      const sleeper = aio.spawn(() => aio.sleep(1_000_000));
      await aio.sleep(0);
      sleeper.cancel();
      await expect(sleeper).rejects.toThrow(CancelledError);
    }),
  ));

it('AIO-31 refuses what is no time', async () => {
  await expect(aio.sleep(NaN)).rejects.toThrow(RangeError);
  await expect(aio.sleep(TIMEOUT_MAX * 2)).rejects.toThrow(RangeError);
  await expect(aio.sleep('5' as never)).rejects.toThrow(TypeError);
});

it('AIO-32 sleep(0) gives every other ready task one turn', () =>
  aio.run(async () => {
    const steps: string[] = [];
    const body = async (name: string): Promise<void> => {
      for (let step = 0; step < 3; step++) {
        steps.push(name + step);
        await aio.sleep(0);
      }
    };
    await aio.gather(aio.spawn(body, 'a'), aio.spawn(body, 'b'), aio.spawn(body, 'c'));
    expect(steps.join(' ')).toBe('a0 b0 c0 a1 b1 c1 a2 b2 c2');
  }));

it('AIO-32 tasks that only give way do not starve timers, nor the loop', () =>
  aio.run(async () => {
    let fired = 0;
    const timer = setTimeout(() => (fired += 1), 10);
    const immediate = setImmediate(() => (fired += 1));
    const giveWay = async (): Promise<void> => {
      while (fired < 2) await aio.sleep(0);
    };
    await aio.gather(aio.spawn(giveWay), aio.spawn(giveWay));
    clearTimeout(timer);
    clearImmediate(immediate);
  }));

it('AIO-32 tasks that only start others do not starve timers', () =>
  aio.run(async () => {
    let fired = false;
    const timer = setTimeout(() => (fired = true), 10);
    const nothing = async (): Promise<void> => {};
    while (!fired) await aio.spawn(nothing);
    clearTimeout(timer);
  }));

it('AIO-32 in virtual time, turns take no time, however many; and the loop gets its own', async () => {
  const clock = new VirtualClock();
  const main = async (): Promise<void> => {
    let fired = false;
    const timer = setTimeout(() => (fired = true), 5);
    let turns = 0;
    for (; !fired || turns < 3_000; turns++) await aio.sleep(0);
    clearTimeout(timer);
  };
  await clock.run(() => aio.run(main, { clock }));
  expect(clock.now()).toBe(0);
});
