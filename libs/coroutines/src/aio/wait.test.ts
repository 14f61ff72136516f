import { CancelledError, TimeoutError } from '@interleave/core';
import { expectNothingLeft } from '@interleave/testing';
import { describe, expect, it } from 'vitest';
import { inVirtualTime } from '../fixtures/virtual-time.js';
import { sleep } from '../sleep.js';
import { asCompleted } from './as-completed.js';
import { cancellable } from './cancellable.js';
import { gather } from './gather.js';
import { run } from './run.js';
import { shield } from './shield.js';
import { spawn } from './task.js';
import { waitFor } from './wait-for.js';
import { FIRST_COMPLETED, FIRST_EXCEPTION, wait } from './wait.js';

const after = <T>(delay: number, value: T) => spawn(() => sleep(delay, value));
const failAfter = (delay: number, error: Error) =>
  spawn(async () => {
    await sleep(delay);
    throw error;
  });

describe('wait', () => {
  it('AIO-09 gives the sets of those that are over and those that are not; errors are not thrown', () =>
    inVirtualTime(async () => {
      const good = after(10, 1);
      const bad = failAfter(20, new Error('broken'));
      expect(await wait([good, bad])).toEqual({ done: new Set([good, bad]), pending: new Set() });
      expect(bad.exception()).toMatchObject({ message: 'broken' });
    }));

  it('AIO-09 AIO-10 refuses nothing, a single task, promises, and what it does not know', () =>
    inVirtualTime(async () => {
      await expect(wait([])).rejects.toThrow(RangeError);
      const task = after(1, 1);
      await expect(wait(task as never)).rejects.toThrow('Cannot wait for a single task: pass an iterable of tasks');
      await expect(wait(Promise.resolve() as never)).rejects.toThrow(TypeError);
      await expect(wait([Promise.resolve()] as never)).rejects.toThrow('make one with spawn');
      await expect(wait('tasks' as never)).rejects.toThrow(TypeError);
      await expect(wait([task], { returnWhen: 'SOON' as never })).rejects.toThrow(RangeError);
    }));

  it('AIO-10 FIRST_COMPLETED: the others go on, and can be waited for again', () =>
    inVirtualTime(async () => {
      const quick = after(10, 'quick');
      const slow = after(20, 'slow');
      const { done, pending } = await wait([slow, quick], { returnWhen: FIRST_COMPLETED });
      expect([[...done], [...pending]]).toEqual([[quick], [slow]]);
      expect([...(await wait(pending)).done]).toEqual([slow]);
      expect(await slow).toBe('slow');
    }));

  it('AIO-11 FIRST_EXCEPTION: when one failed, or when all are over', () =>
    inVirtualTime(async (clock) => {
      const bad = failAfter(10, new Error('broken'));
      const slow = after(20, 1);
      const first = await wait([slow, bad], { returnWhen: FIRST_EXCEPTION });
      expect([[...first.done], [...first.pending]]).toEqual([[bad], [slow]]);
      expect((await wait([bad, slow], { returnWhen: FIRST_EXCEPTION })).pending).toEqual(new Set([slow]));
      const cancelled = after(1_000, 1);
      cancelled.cancel();
      const all = await wait([after(30, 1), cancelled], { returnWhen: FIRST_EXCEPTION });
      expect(all.pending.size).toBe(0);
      expect(clock.now()).toBe(40);
    }));

  it('AIO-12 tasks that finish in the same turn are all done', () =>
    inVirtualTime(async () => {
      const near = spawn(() => sleep(0));
      const far = spawn(async () => {
        await sleep(0);
        for (let hop = 0; hop < 5; hop++) await Promise.resolve();
      });
      expect((await wait([far, near], { returnWhen: FIRST_COMPLETED })).done).toEqual(new Set([near, far]));
    }));

  it('AIO-13 with a timeout: what is late is pending, and not cancelled', () =>
    inVirtualTime(async (clock) => {
      const quick = after(100, 1);
      const slow = after(150, 'slow');
      const { done, pending } = await wait([quick, slow], { timeout: 110 });
      expect([[...done], [...pending]]).toEqual([[quick], [slow]]);
      expect(clock.now()).toBe(110);
      expect(await slow).toBe('slow');
      expect((await wait([after(1, 1)], { timeout: 0 })).pending.size).toBe(1);
    }));

  it('AIO-14 duplicates count once, and any iterable will do', () =>
    inVirtualTime(async () => {
      const task = after(1, 1);
      const generator = function* () {
        yield task;
        yield task;
      };
      expect((await wait(generator())).done).toEqual(new Set([task]));
      expect((await wait(new Set([task]).values())).done.size).toBe(1);
    }));

  it('AIO-15 cancelling the task that waits does not cancel the others', () =>
    inVirtualTime(async () => {
      const tasks = [after(50, 'a'), after(60, 'b')];
      const waiter = spawn(() => wait(tasks));
      await sleep(1);
      waiter.cancel();
      await expect(waiter).rejects.toThrow(CancelledError);
      expect(await gather(...tasks)).toEqual(['a', 'b']);
    }));
});

describe('asCompleted', () => {
  it('AIO-16 gives the very tasks, as they finish', () =>
    inVirtualTime(async () => {
      const tasks = [after(30, 'c'), after(10, 'a'), after(20, 'b')];
      const seen: unknown[] = [];
      for await (const task of asCompleted(tasks)) {
        expect(tasks).toContain(task);
        seen.push(task.result());
      }
      expect(seen).toEqual(['a', 'b', 'c']);
      expect(() => asCompleted(tasks[0] as never)).toThrow(TypeError);
      expect(() => asCompleted(Promise.resolve() as never)).toThrow('Cannot wait for a promise');
    }));

  it('AIO-17 with a timeout: the first result, then an error; the slow task goes on', () =>
    inVirtualTime(async () => {
      const slow = after(150, 'slow');
      const seen: unknown[] = [];
      const loop = async (): Promise<void> => {
        for await (const task of asCompleted([after(100, 'quick'), slow], { timeout: 120 })) seen.push(task.result());
      };
      await expect(loop()).rejects.toThrow(new TimeoutError('1 (of 2) tasks unfinished'));
      expect(seen).toEqual(['quick']);
      expect(await slow).toBe('slow');
    }));

  it('AIO-18 an unused timeout leaves no timer', () =>
    expectNothingLeft(() =>
      run(async () => {
        asCompleted([after(1, 1)], { timeout: 1_000_000 });
        const used = [];
        for await (const task of asCompleted([after(1, 1)], { timeout: 1_000_000 })) used.push(task.result());
        expect(used).toEqual([1]);
      }),
    ));

  it('AIO-19 promises that are collected first, and awaited together or in reverse', () =>
    inVirtualTime(async () => {
      const make = () => [...asCompleted([after(30, 'c'), after(10, 'a'), after(20, 'b')])];
      expect(await Promise.all(make())).toEqual(['a', 'b', 'c']);
      const reverse = make().reverse();
      expect([await reverse[0], await reverse[1], await reverse[2]]).toEqual(['a', 'b', 'c']);
      expect(await reverse[0]).toBe('a');
    }));

  it('takes promises, and gives the errors of the tasks', () =>
    inVirtualTime(async () => {
      const seen: unknown[] = [];
      const tasks = [failAfter(10, new Error('broken')), Promise.resolve('at once')];
      for (const next of asCompleted(tasks))
        seen.push(await Promise.resolve(next).catch((error: Error) => error.message));
      expect(seen).toEqual(['at once', 'broken']);
    }));

  it('leaving early cancels nothing', () =>
    inVirtualTime(async () => {
      const slow = after(100, 'slow');
      for await (const task of asCompleted([after(1, 'quick'), slow])) {
        expect(task.result()).toBe('quick');
        break;
      }
      expect(await slow).toBe('slow');
    }));
});

describe('waitFor', () => {
  it('AIO-20 past its time the task is cancelled, its cleanup awaited, and only then the error comes', () =>
    inVirtualTime(async (clock) => {
      const steps: string[] = [];
      const task = spawn(async () => {
        try {
          await sleep(1_000);
        } finally {
          await sleep(50);
          steps.push('cleaned up');
        }
      });
      const error: unknown = await waitFor(task, { timeout: 100 }).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(TimeoutError);
      expect((error as TimeoutError).cause).toBeInstanceOf(CancelledError);
      expect(steps).toEqual(['cleaned up']);
      expect(task.cancelled()).toBe(true);
      expect(clock.now()).toBe(150);
    }));

  it('AIO-21 without a limit it gives the value, and leaves no timer', () =>
    inVirtualTime(async (clock) => {
      expect(await waitFor(after(10, 'value'))).toBe('value');
      expect(await waitFor(after(10, 'value'), { timeout: Infinity })).toBe('value');
      expect(await waitFor(after(10, 'value'), { timeout: 20 })).toBe('value');
      expect(clock.pending).toBe(0);
      await expect(waitFor(after(10, 1), { timeout: NaN })).rejects.toThrow(RangeError);
      await expect(waitFor(after(10, 1), { timeout: '5' as never })).rejects.toThrow(TypeError);
      await expect(waitFor(sleep)).rejects.toThrow(TypeError);
    }));

  it.each([undefined, 1_000])('AIO-22 cancelling the task in waitFor cancels the inner one, limit %o', (timeout) =>
    inVirtualTime(async () => {
      const inner = after(500, 1);
      const outer = spawn(() => waitFor(inner, { timeout }));
      await sleep(1);
      outer.cancel('enough');
      await expect(outer).rejects.toMatchObject({ name: 'CancelledError', reason: 'enough' });
      expect(inner.cancelled()).toBe(true);
    }),
  );

  it('AIO-23 a limit round a shield leaves the inner one running', () =>
    inVirtualTime(async () => {
      const inner = after(50, 'saved');
      await expect(waitFor(shield(inner), { timeout: 10 })).rejects.toThrow(TimeoutError);
      expect(await inner).toBe('saved');
    }));

  it('a limit of 0 lets through what is there, and cancels what is not', () =>
    inVirtualTime(async () => {
      const ready = after(1, 'ready');
      await ready;
      expect(await waitFor(ready, { timeout: 0 })).toBe('ready');
      const task = after(1, 1);
      await expect(waitFor(task, { timeout: 0 })).rejects.toThrow(TimeoutError);
      expect(task.cancelled()).toBe(true);
    }));

  it('a signal cancels the task', () =>
    inVirtualTime(async () => {
      const abort = new AbortController();
      const task = after(100, 1);
      const waiting = waitFor(task, { signal: abort.signal });
      abort.abort('enough');
      await expect(waiting).rejects.toMatchObject({ reason: 'enough' });
      expect(task.cancelled()).toBe(true);
      await expect(waitFor(after(1, 1), { signal: abort.signal })).rejects.toThrow(CancelledError);
    }));
});

describe('cancellable', () => {
  it('AIO-30 a foreign promise that never settles can be left', () =>
    inVirtualTime(async () => {
      const task = spawn(() => cancellable(new Promise(() => {})));
      await sleep(1);
      task.cancel('enough');
      await expect(task).rejects.toMatchObject({ reason: 'enough' });
    }));

  it('gives the value or the error, and what comes too late is nobody’s business', () =>
    inVirtualTime(async () => {
      expect(await cancellable(Promise.resolve(1))).toBe(1);
      await expect(cancellable(Promise.reject(new RangeError('no')))).rejects.toThrow(RangeError);
      let fail: ((error: unknown) => void) | undefined;
      const task = spawn(() => cancellable(new Promise((_resolve, reject) => (fail = reject))));
      await sleep(1);
      task.cancel();
      await expect(task).rejects.toThrow(CancelledError);
      fail?.(new Error('too late'));
    }));

  it('work that takes a signal hears of it', () =>
    inVirtualTime(async () => {
      let signal: AbortSignal | undefined;
      const task = spawn(() => cancellable((given) => ((signal = given), new Promise<number>(() => {}))));
      await sleep(1);
      expect(signal?.aborted).toBe(false);
      task.cancel('enough');
      await expect(task).rejects.toThrow(CancelledError);
      expect(signal?.reason).toMatchObject({ reason: 'enough' });
    }));
});
