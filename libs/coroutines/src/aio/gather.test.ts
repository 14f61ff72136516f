import { CancelledError, setUncaughtHandler } from '@interleave/core';
import { VirtualClock } from '@interleave/testing';
import { expect, it } from 'vitest';
import { inVirtualTime } from '../fixtures/virtual-time.js';
import { sleep } from '../sleep.js';
import { gather, gatherWith } from './gather.js';
import { run } from './run.js';
import { shield } from './shield.js';
import { spawn } from './task.js';

const after = (delay: number, value: unknown) => spawn(() => sleep(delay, value));
const failAfter = (delay: number, error: Error) =>
  spawn(async () => {
    await sleep(delay);
    throw error;
  });

it('AIO-01 nothing gives []', () => inVirtualTime(async () => expect(await gather()).toEqual([])));

it('AIO-02 keeps the order of the arguments', () =>
  inVirtualTime(async () => {
    expect(await gather(after(30, 'a'), after(10, 'b'), after(20, 'c'))).toEqual(['a', 'b', 'c']);
  }));

it('AIO-03 the same one given twice runs once', () =>
  inVirtualTime(async () => {
    let runs = 0;
    const task = spawn(async () => (runs += 1));
    expect(await gather(task, task, 5)).toEqual([1, 1, 5]);
    expect(runs).toBe(1);
  }));

it('AIO-04 the first failure comes out at once; the others run on, and are not reported', async () => {
  const reported: unknown[] = [];
  const before = setUncaughtHandler((error) => reported.push(error));
  const clock = new VirtualClock();
  await clock.run(() =>
    run(
      async () => {
        const error = new Error('first');
        const slow = after(50, 'slow');
        await expect(gather(slow, failAfter(10, error), failAfter(20, new Error('second')))).rejects.toBe(error);
        expect(clock.now()).toBe(10);
        expect(await slow).toBe('slow');
      },
      { clock },
    ),
  );
  setUncaughtHandler(before);
  expect(reported).toEqual([]);
});

it('AIO-05 returnExceptions: values and errors, in order', () =>
  inVirtualTime(async () => {
    const error = new Error('broken');
    const cancelled = after(1_000, 'never');
    const all = gatherWith({ returnExceptions: true }, after(20, 'a'), failAfter(10, error), cancelled);
    await sleep(1);
    cancelled.cancel('by somebody');
    expect(await all).toEqual(['a', error, expect.any(CancelledError)]);
  }));

it('AIO-06 a child that somebody else cancels is a failure; the others run on', () =>
  inVirtualTime(async () => {
    const child = after(1_000, 'never');
    const other = after(20, 'other');
    const all = gather(child, other);
    await sleep(1);
    child.cancel('by somebody');
    await expect(all).rejects.toThrow(CancelledError);
    expect(all.cancelled()).toBe(false);
    expect(await other).toBe('other');
  }));

it('AIO-07 cancelling the gather cancels every unfinished child', () =>
  inVirtualTime(async () => {
    const children = [after(10, 'done'), after(1_000, 'a'), after(1_000, 'b')];
    const waiter = spawn(() => gather(...children));
    const other = gather(after(1_000, 'c'));
    await sleep(20);
    waiter.cancel('enough');
    other.cancel('enough, too');
    await expect(waiter).rejects.toMatchObject({ name: 'CancelledError', reason: 'enough' });
    await expect(other).rejects.toMatchObject({ reason: 'enough, too' });
    expect(other.cancelled()).toBe(true);
    expect(children.map((child) => child.cancelled())).toEqual([false, true, true]);
  }));

it('AIO-08 plain values are taken as they are; a function was not called', () =>
  inVirtualTime(async () => {
    expect(await gather(1, Promise.resolve('two'), null)).toEqual([1, 'two', null]);
    expect(() => gather(sleep)).toThrow('Cannot gather the function sleep: pass spawn(sleep), or its promise');
    expect(() => gather(() => 1)).toThrow(TypeError);
  }));

it('AIO-23 shield: cancelling the outer leaves the inner running to its value', () =>
  inVirtualTime(async () => {
    const inner = after(50, 'saved');
    const outer = spawn(() => shield(inner));
    await sleep(1);
    outer.cancel('enough');
    await expect(outer).rejects.toMatchObject({ reason: 'enough' });
    expect(inner.done()).toBe(false);
    expect(await inner).toBe('saved');
  }));

it('AIO-24 shield: value, error and cancellation of the inner pass through', () =>
  inVirtualTime(async () => {
    expect(await shield(after(1, 'value'))).toBe('value');
    expect(await shield(Promise.resolve(1))).toBe(1);
    const error = new Error('broken');
    await expect(shield(failAfter(1, error))).rejects.toBe(error);
    const inner = after(1_000, 'never');
    const outer = shield(inner);
    await sleep(1);
    inner.cancel('by somebody');
    await expect(outer).rejects.toMatchObject({ reason: 'by somebody' });
    expect(outer.cancelled()).toBe(true);
  }));

it('shield: the error of an inner one whose shield is gone is reported', async () => {
  const reported: unknown[] = [];
  const before = setUncaughtHandler((error) => reported.push(error));
  const error = new Error('not saved');
  await inVirtualTime(async () => {
    const outer = shield(failAfter(10, error));
    outer.cancel();
    await expect(outer).rejects.toThrow(CancelledError);
    await sleep(20);
  });
  setUncaughtHandler(before);
  expect(reported).toEqual([error]);
});
