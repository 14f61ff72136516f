import { inspect } from 'node:util';
import { GreenletExit, TimeoutError } from '@interleave/core';
import { expect, it } from 'vitest';
import { Greenlet, Group, sleep, spawn } from './index.js';
import { inNoTime } from './fixtures/in-no-time.js';
import { catchReports } from './fixtures/reported.js';

const reports = catchReports();

it('GRN-35 greenlets come, are discarded, and leave as they end', () =>
  inNoTime(async () => {
    const group = new Group();
    const [first, second, third] = [10, 20, 30].map((time) => spawn(() => sleep(time))) as [
      Greenlet,
      Greenlet,
      Greenlet,
    ];
    for (const each of [first, second, third, first]) group.add(each);
    expect([group.size, [...group], group.has(second), String(group)]).toEqual([
      3,
      [first, second, third],
      true,
      '<Group of 3>',
    ]);
    group.discard(third);
    group.discard(third);
    expect([group.size, third.linkCount]).toEqual([2, 0]);
    await first.join();
    expect([...group]).toEqual([second]);
    await second.join();
    expect([group.size, third.dead, inspect(group)]).toEqual([0, false, '<Group of 0>']);
    await third.join();
  }));

it('GRN-35 what is no greenlet is refused', () => {
  const group = new Group();
  for (const given of [undefined, null, 5, () => 1]) {
    expect(() => group.add(given as never)).toThrow(TypeError);
    expect(() => group.start(given as never)).toThrow(/Cannot add .* to a group: pass a greenlet/);
  }
  expect(() => group.spawn('name' as never)).toThrow(TypeError);
  expect(() => new Group([5 as never])).toThrow(TypeError);
});

it('GRN-35 join waits for all, and resolves at once when it is empty', () =>
  inNoTime(async (clock) => {
    const group = new Group();
    expect([await group.join(), await group.join({ timeout: 0 })]).toEqual([true, true]);
    for (const time of [10, 30, 20]) group.spawn((ms: number) => sleep(ms), time);
    expect([await group.join({ timeout: 15 }), group.size]).toEqual([false, 2]);
    expect([await group.join(), clock.now(), group.size]).toEqual([true, 30, 0]);
    const ended = spawn(() => 1);
    await ended.join();
    group.add(ended);
    expect([await group.join(), group.size]).toEqual([true, 0]);
  }));

it('GRN-35 join with raiseError throws the first error', () =>
  inNoTime(async () => {
    const error = new Error('no');
    const slow = spawn(() => sleep(10));
    const group = new Group([slow]);
    group.spawn(() => Promise.reject(error));
    await expect(group.join({ raiseError: true })).rejects.toBe(error);
    expect([slow.dead, group.size]).toEqual([true, 0]);
    group.spawn(() => Promise.reject(error));
    expect([await group.join(), await group.join({ raiseError: true })]).toEqual([true, true]);
  }));

it('GRN-36 kill ends all members at once', () =>
  inNoTime(async (clock) => {
    const group = new Group();
    const members = [1, 2, 3].map(() => group.spawn(() => sleep(10_000)));
    group.add(new Greenlet(() => 1));
    await sleep(1);
    await group.kill();
    expect([clock.now(), group.size]).toEqual([1, 0]);
    expect(members.map((each) => each.value)).toEqual(Array(3).fill(expect.any(GreenletExit)));
    await group.kill();
  }));

it('GRN-36 kill takes those along that are added meanwhile', () =>
  inNoTime(async (clock) => {
    const group = new Group();
    group.spawn(async () => {
      try {
        await sleep(1_000);
      } finally {
        group.spawn(() => sleep(1_000));
      }
    });
    await sleep(1);
    await group.kill();
    expect([clock.now(), group.size]).toEqual([1, 0]);
  }));

it('GRN-36 kill without waiting, with a limit, and of one', () =>
  inNoTime(async (clock) => {
    const group = new Group();
    const stubborn = group.spawn(() => sleep(100).catch(() => sleep(100)));
    const one = group.spawn(() => sleep(100));
    await sleep(1);
    await group.killOne(one);
    await group.killOne(one);
    await group.killOne(new Greenlet(() => 1));
    expect([...group]).toEqual([stubborn]);
    await expect(group.kill({ timeout: 10 })).rejects.toThrow(TimeoutError);
    await group.kill({ block: false });
    await group.join();
    expect([clock.now(), reports.errors]).toEqual([11, []]);
  }));

it('GRN-36 apply runs in the group', () =>
  inNoTime(async () => {
    const group = new Group();
    const add = async (a: number, b: number): Promise<number> => {
      expect(group.size).toBe(1);
      return sleep(10, a + b);
    };
    expect([await group.apply(add, [1, 2]), await group.apply(() => 5), group.size]).toEqual([3, 5, 0]);
    await expect(group.apply(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  }));
