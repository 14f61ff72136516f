import { AsyncLocalStorage } from 'node:async_hooks';
import { CancelledError, InvalidStateError, TaskGroupError } from '@interleave/core';
import { expect, it } from 'vitest';
import { inVirtualTime } from '../fixtures/virtual-time.js';
import { sleep } from '../sleep.js';
import { currentTask, spawn, type Task } from './task.js';
import { TaskGroup } from './task-group.js';

const forever = (): Promise<void> => sleep(1e9);
const failAfter = async (delay: number, error: unknown): Promise<never> => {
  await sleep(delay);
  throw error;
};
/** The error that comes out of a group. */
const errorOf = async (running: PromiseLike<unknown>): Promise<TaskGroupError> => {
  try {
    await running;
  } catch (error) {
    return error as TaskGroupError;
  }
  throw new Error('no error came out');
};
const one = new RangeError('one');
const two = new TypeError('two');

it('TGR-01 resolves after the slowest child; results are readable', () =>
  inVirtualTime(async (clock) => {
    const tasks: Task<string>[] = [];
    const value = await new TaskGroup().run(async (group) => {
      tasks.push(
        group.spawn(() => sleep(30, 'a')),
        group.spawn(() => sleep(10, 'b')),
      );
      return 'body';
    });
    expect(value).toBe('body');
    expect(clock.now()).toBe(30);
    expect(tasks.map((task) => task.result())).toEqual(['a', 'b']);
  }));

it('TGR-02 one child fails: the others and the body are cancelled, their cleanup awaited', () =>
  inVirtualTime(async (clock) => {
    const steps: string[] = [];
    const group = new TaskGroup();
    const error = await errorOf(
      group.run(async () => {
        group.spawn(async () => {
          try {
            await forever();
          } finally {
            await sleep(50);
            steps.push('sibling cleaned up');
          }
        });
        group.spawn(failAfter, 10, one);
        try {
          await forever();
        } finally {
          steps.push(`body at ${clock.now()}`);
        }
      }),
    );
    expect(error).toBeInstanceOf(TaskGroupError);
    expect(error.errors).toEqual([one]);
    expect(error.message).toBe('Cannot finish the TaskGroup: a task failed; first RangeError: one');
    expect(steps).toEqual(['body at 10', 'sibling cleaned up']);
    expect(currentTask()?.cancelling()).toBe(0);
  }));

it('TGR-03 the body throws: the children are cancelled, its error comes in the group error', () =>
  inVirtualTime(async () => {
    let child: Task<void> | undefined;
    const error = await errorOf(
      new TaskGroup().run(async (group) => {
        child = group.spawn(forever);
        await sleep(1);
        throw one;
      }),
    );
    expect(error).toBeInstanceOf(TaskGroupError);
    expect(error.errors).toEqual([one]);
    expect(child?.cancelled()).toBe(true);
    expect((await errorOf(new TaskGroup().run(() => Promise.reject(two)))).errors).toEqual([two]);
  }));

it('TGR-04 errors of the cleanup are added, in the order of occurrence', () =>
  inVirtualTime(async () => {
    const cleanup = (delay: number, error: Error) => async () => {
      try {
        await forever();
      } finally {
        await failAfter(delay, error);
      }
    };
    const error = await errorOf(
      new TaskGroup().run(async (group) => {
        group.spawn(cleanup(20, two));
        group.spawn(cleanup(10, one));
        group.spawn(failAfter, 1, 'first');
      }),
    );
    expect(error.errors).toEqual(['first', one, two]);
  }));

it('TGR-05 a child that was cancelled by itself is no error', () =>
  inVirtualTime(async () => {
    const value = await new TaskGroup().run(async (group) => {
      const child = group.spawn(forever);
      await sleep(1);
      child.cancel();
      return 'fine';
    });
    expect(value).toBe('fine');
  }));

it('TGR-06 cancelling the parent cancels the children, and comes out', () =>
  inVirtualTime(async () => {
    for (const bodyWaits of [true, false]) {
      let child: Task<void> | undefined;
      const parent = spawn(() =>
        new TaskGroup().run(async (group) => {
          child = group.spawn(forever);
          if (bodyWaits) await forever();
        }),
      );
      await sleep(1);
      parent.cancel('enough');
      await expect(parent).rejects.toMatchObject({ name: 'CancelledError', reason: 'enough' });
      expect(child?.cancelled()).toBe(true);
    }
  }));

it('TGR-07 children start children; a runaway stops when a sibling fails', () =>
  inVirtualTime(async () => {
    let started = 0;
    const group = new TaskGroup();
    const runaway = async (): Promise<void> => {
      for (;;) {
        started += 1;
        group.spawn(() => sleep(1));
        await sleep(1);
      }
    };
    const error = await errorOf(
      group.run(() => {
        group.spawn(runaway);
        group.spawn(failAfter, 100, one);
      }),
    );
    expect(error.errors).toEqual([one]);
    expect(started).toBeGreaterThan(50);
  }));

it('TGR-08 nested: a group in a group, or flat when the outer one failed', () =>
  inVirtualTime(async () => {
    const inOuter = new TaskGroup();
    const nested = await errorOf(
      inOuter.run(async () => {
        inOuter.spawn(() => new TaskGroup().run((inner) => void inner.spawn(failAfter, 1, one)));
        await forever();
      }),
    );
    expect(nested.errors).toEqual([expect.any(TaskGroupError)]);
    expect((nested.errors[0] as TaskGroupError).errors).toEqual([one]);

    const outer = new TaskGroup();
    const flat = await errorOf(
      outer.run(async () => {
        outer.spawn(failAfter, 1, two);
        await new TaskGroup().run((inner) => void inner.spawn(forever));
      }),
    );
    expect(flat.errors).toEqual([two]);
  }));

it('TGR-09 a child before the group is entered, or after it has ended', () =>
  inVirtualTime(async () => {
    let called = false;
    const child = async (): Promise<void> => {
      called = true;
    };
    const group = new TaskGroup();
    expect(() => group.spawn(child)).toThrow('Cannot spawn child in a TaskGroup: it was not entered; call run(body)');
    await group.run(() => {});
    expect(() => group.spawn(child)).toThrow(InvalidStateError);
    await sleep(1);
    expect(called).toBe(false);
  }));

it('TGR-10 the same group twice', () =>
  inVirtualTime(async () => {
    const group = new TaskGroup();
    await group.run(async () => {
      await expect(group.run(() => {})).rejects.toThrow(InvalidStateError);
    });
    await expect(group.run(() => {})).rejects.toThrow('make a new one');
  }));

it('TGR-11 names and the async context are those of the spawn', () =>
  inVirtualTime(async () => {
    const storage = new AsyncLocalStorage<string>();
    await new TaskGroup().run(async (group) => {
      const child = storage.run('inside', () =>
        group.spawnWith({ name: 'reader' }, async () => (await sleep(1), [currentTask()?.name, storage.getStore()])),
      );
      expect(await child).toEqual(['reader', 'inside']);
    });
  }));

it('TGR-12 F09 however many fail, nothing is unhandled', () =>
  inVirtualTime(async () => {
    const error = await errorOf(
      new TaskGroup().run((group) => {
        for (let each = 0; each < 100; each++) group.spawn(failAfter, 0, each);
      }),
    );
    expect(error.errors).toHaveLength(100);
  }));

it('TGR-13 a resource of the body whose end throws, while a child has failed', () =>
  inVirtualTime(async () => {
    const error = await errorOf(
      new TaskGroup().run(async (group) => {
        group.spawn(failAfter, 1, one);
        await forever().finally(() => Promise.reject(two));
      }),
    );
    expect(error.errors).toEqual([one, two]);
    expect(currentTask()?.cancelling()).toBe(0);
    await sleep(1);
  }));

it('TGR-14 the parent is cancelled while children throw in their cleanup: the errors come out', () =>
  inVirtualTime(async () => {
    const stubborn = (): Promise<void> => forever().finally(() => Promise.reject(one));
    const flat = spawn(() => new TaskGroup().run((group) => void group.spawn(stubborn)));
    const nested = spawn(() =>
      new TaskGroup().run(async (group) => {
        group.spawn(stubborn);
        await new TaskGroup().run((inner) => void inner.spawn(stubborn));
      }),
    );
    const afterwards = spawn(async () => {
      await new TaskGroup().run((group) => void group.spawn(stubborn)).catch(() => {});
      await sleep(1);
    });
    await sleep(1);
    for (const parent of [flat, nested, afterwards]) parent.cancel('enough');
    expect((await errorOf(flat)).errors).toEqual([one]);
    const outer = await errorOf(nested);
    expect(outer.errors).toContainEqual(expect.objectContaining({ name: 'TaskGroupError', errors: [one] }));
    // The cancellation is not lost: it arrives at the next wait.
    await expect(afterwards).rejects.toThrow(CancelledError);
  }));

it('TGR-15 a long-lived group does not keep finished children', () =>
  inVirtualTime(async () => {
    const group = new TaskGroup();
    await group.run(async () => {
      for (let each = 0; each < 10; each++) group.spawn(() => sleep(1));
      expect(String(group)).toBe('<TaskGroup entered, 10 running>');
      await sleep(10);
      expect(String(group)).toBe('<TaskGroup entered, 0 running>');
    });
  }));

it('a child that fails while somebody awaits it is one error, not several', () =>
  inVirtualTime(async () => {
    const error = await errorOf(
      new TaskGroup().run(async (group) => {
        const child = group.spawn(failAfter, 1, one);
        group.spawn(async () => {
          await child;
        });
        await child;
      }),
    );
    expect(error.errors).toEqual([one]);
  }));

it('a group stops its own branch of a task, and no other', () =>
  inVirtualTime(async () => {
    const [failed, other] = await Promise.allSettled([
      new TaskGroup().run((group) => void group.spawn(failAfter, 1, one)),
      new TaskGroup().run((group) => group.spawn(() => sleep(10, 'fine'))),
    ]);
    expect(failed.status).toBe('rejected');
    expect(other).toEqual({ status: 'fulfilled', value: 'fine' });
  }));
