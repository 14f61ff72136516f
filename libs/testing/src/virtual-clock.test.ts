import { Deadline, TimeoutError, within } from '@interleave/core';
import { expect, test } from 'vitest';
import { expectNothingLeft } from './expect-nothing-left.js';
import { VirtualClock } from './virtual-clock.js';

const sleep = (clock: VirtualClock, delay: number): Promise<void> =>
  new Promise((wake) => void clock.setTimer(delay, wake));

test('timers fire by their time, equal ones by their age, and none too early', async () => {
  const clock = new VirtualClock(100);
  const fired: string[] = [];
  for (const [name, delay] of [
    ['b', 20],
    ['c', 20],
    ['a', 10],
    ['d', 30],
  ] as const) {
    clock.setTimer(delay, () => fired.push(`${name} ${clock.now()}`));
  }
  await clock.advance(9);
  expect([fired, clock.now(), clock.pending]).toEqual([[], 109, 4]);
  await clock.advance(20);
  expect(fired).toEqual(['a 110', 'b 120', 'c 120']);
  await clock.advance(1);
  expect([fired.at(-1), clock.pending]).toEqual(['d 130', 0]);
});

test('what is ready runs between two timers, and may set others', async () => {
  const clock = new VirtualClock();
  const seen: number[] = [];
  const tick = async (): Promise<void> => {
    for (let round = 0; round < 4; round++) {
      await sleep(clock, 25);
      seen.push(clock.now());
    }
  };
  const ticking = tick();
  await clock.advance(99);
  expect(seen).toEqual([25, 50, 75]);
  await clock.advance(1);
  await ticking;
  expect(seen).toEqual([25, 50, 75, 100]);
});

test('a stopped timer does not fire, and Infinity is none', async () => {
  const clock = new VirtualClock();
  const stop = clock.setTimer(5, () => expect.fail('it was stopped'));
  clock.setTimer(Infinity, () => expect.fail('it never comes'))();
  stop();
  stop();
  expect(clock.pending).toBe(0);
  await clock.advance(10);
});

test('run: a day passes in no time, and leaves nothing', async () => {
  const clock = new VirtualClock();
  await expectNothingLeft(async () => {
    const value = await clock.run(async () => {
      await Promise.all([sleep(clock, 3_600_000), sleep(clock, 86_400_000)]);
      return 'done';
    });
    expect([value, clock.now()]).toEqual(['done', 86_400_000]);
  });
});

test('run: what is thrown comes through, and a wait for nothing is found out', async () => {
  const clock = new VirtualClock();
  const failing = async (): Promise<never> => {
    await sleep(clock, 10);
    throw new RangeError('no');
  };
  await expect(clock.run(failing)).rejects.toThrow(RangeError);
  await expect(clock.run(() => new Promise(() => {}))).rejects.toThrow('it waits for something else than time');
});

test('code that takes a Clock keeps its time', async () => {
  const clock = new VirtualClock();
  const deadline = Deadline.after(1_000, { clock });
  await clock.advance(999);
  expect([deadline.expired, deadline.remaining()]).toEqual([false, 1]);
  await clock.advance(1);
  expect(deadline.expired).toBe(true);
  const late = clock.run(() => within(new Promise(() => {}), 'wait', { timeout: 50, clock }));
  await expect(late).rejects.toThrow(TimeoutError);
});

test('times that are none', async () => {
  expect(() => new VirtualClock(NaN)).toThrow(RangeError);
  expect(() => new VirtualClock().setTimer(NaN, () => {})).toThrow(RangeError);
  for (const duration of [-1, NaN, Infinity])
    await expect(new VirtualClock().advance(duration)).rejects.toThrow(RangeError);
});
