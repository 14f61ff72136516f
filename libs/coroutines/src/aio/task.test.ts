import { AsyncLocalStorage } from 'node:async_hooks';
import { CancelledError, InvalidStateError, setUncaughtHandler } from '@interleave/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gather } from './gather.js';
import { inVirtualTime } from '../fixtures/virtual-time.js';
import { sleep } from '../sleep.js';
import type { Task } from './task.js';
import { currentTask, spawn, spawnWith } from './task.js';

const forever = (): Promise<void> => sleep(1e9);

describe('cancel', () => {
  it('AIO-25 is true until the task is done, and false afterwards', () =>
    inVirtualTime(async () => {
      const task = spawn(forever);
      await sleep(1);
      expect(task.cancel()).toBe(true);
      await expect(task).rejects.toThrow(CancelledError);
      expect(task.cancelled()).toBe(true);
      expect(task.done()).toBe(true);
      expect(task.cancel()).toBe(false);
    }));

  it.each(['late', 7, { because: 'of this' }, undefined])('AIO-26 gives the reason %o back', (reason) =>
    inVirtualTime(async () => {
      const task = spawn(forever);
      await sleep(1);
      task.cancel(reason);
      const error = await gather(task).then(undefined, (caught: unknown) => caught);
      expect(error).toBeInstanceOf(CancelledError);
      expect((error as CancelledError).reason).toBe(reason);
      expect(() => task.exception()).toThrow(CancelledError);
    }),
  );

  it('AIO-27 before the first step: the body never runs', () =>
    inVirtualTime(async () => {
      let ran = false;
      const task = spawn(async () => {
        ran = true;
      });
      task.cancel('too soon');
      await expect(task).rejects.toMatchObject({ reason: 'too soon' });
      await sleep(1);
      expect(ran).toBe(false);
      expect(task.cancelled()).toBe(true);
    }));

  it('AIO-28 a body may catch it and return, or go on', () =>
    inVirtualTime(async () => {
      const stubborn = spawn(async () => {
        await sleep(1_000).catch(() => {});
        return 42;
      });
      const patient = spawn(async () => {
        await sleep(1_000).catch(() => {});
        await sleep(1_000);
        return 'went on';
      });
      await sleep(1);
      stubborn.cancel();
      patient.cancel();
      expect(await stubborn).toBe(42);
      expect(stubborn.cancelled()).toBe(false);
      expect(await patient).toBe('went on');
      expect(patient.cancelling()).toBe(1);
    }));

  it('AIO-29 from inside takes effect at the next wait, and not before', () =>
    inVirtualTime(async () => {
      const steps: string[] = [];
      const task = spawn(async () => {
        currentTask()?.cancel('enough');
        steps.push('goes on');
        await Promise.resolve();
        steps.push('even behind a foreign promise');
        await sleep(1);
        steps.push('never');
      });
      await expect(task).rejects.toMatchObject({ reason: 'enough' });
      expect(steps).toEqual(['goes on', 'even behind a foreign promise']);
    }));

  it('AIO-30 a task in a foreign promise that never settles stays pending', () =>
    inVirtualTime(async () => {
      let settleIt = (): void => {};
      const task = spawn(() => new Promise<void>((resolve) => (settleIt = resolve)));
      await sleep(1);
      expect(task.cancel()).toBe(true);
      expect(task.cancelling()).toBe(1);
      await sleep(10_000);
      expect(task.done()).toBe(false);
      settleIt();
      await task;
    }));

  it('a cancellation that is taken back before it arrives does not arrive', () =>
    inVirtualTime(async () => {
      const task = spawn(async () => {
        await sleep(1);
        return 'untouched';
      });
      task.cancel();
      expect(task.uncancel()).toBe(0);
      expect(await task).toBe('untouched');
    }));

  it('of who awaits a task is passed on to it, and both end with the same error', () =>
    inVirtualTime(async () => {
      const steps: string[] = [];
      const inner = spawn(async () => {
        try {
          await forever();
        } finally {
          await sleep(5);
          steps.push('inner cleaned up');
        }
      });
      const outer = spawn(async () => {
        try {
          await inner;
        } finally {
          steps.push('outer woke');
        }
      });
      await sleep(1);
      outer.cancel('all of it');
      const error: unknown = await outer.then(undefined, (caught: unknown) => caught);
      expect(error).toMatchObject({ reason: 'all of it' });
      await expect(inner).rejects.toBe(error);
      expect(steps).toEqual(['inner cleaned up', 'outer woke']);
    }));

  it('ends two waits at once, and is nobody else’s business if one of them is never awaited', () =>
    inVirtualTime(async () => {
      const task = spawn(async () => {
        void sleep(50);
        await Promise.all([sleep(1_000), sleep(2_000)]);
      });
      await sleep(1);
      task.cancel();
      await expect(task).rejects.toThrow(CancelledError);
    }));
});

describe('currentTask', () => {
  it('AIO-35 is right inside interleaved tasks, and undefined outside any', async () => {
    expect(currentTask()).toBeUndefined();
    await inVirtualTime(async () => {
      const seen: string[] = [];
      const body = async (): Promise<void> => {
        for (let step = 0; step < 3; step++) {
          seen.push(currentTask()!.name);
          await sleep(0);
        }
      };
      await gather(spawnWith({ name: 'a' }, body), spawnWith({ name: 'b' }, body));
      expect(seen.join(' ')).toBe('a b a b a b');
    });
    expect(currentTask()).toBeUndefined();
  });

  it('is the one that awaits, where a thenable is awaited', () =>
    inVirtualTime(async () => {
      let seen: unknown;
      const thenable: PromiseLike<number> = {
        then(resolve) {
          seen = currentTask();
          return Promise.resolve(1).then(resolve);
        },
      };
      await thenable;
      expect(seen).toBe(currentTask());
    }));

  it('a task has the AsyncLocalStorage context of who made it', () =>
    inVirtualTime(async () => {
      const storage = new AsyncLocalStorage<string>();
      const task = storage.run('here', () => spawn(async () => (await sleep(1), storage.getStore())));
      expect(storage.getStore()).toBeUndefined();
      expect(await task).toBe('here');
    }));
});

describe('an error', () => {
  const reported: { readonly error: unknown; readonly where: string }[] = [];
  let before: ReturnType<typeof setUncaughtHandler>;
  beforeEach(() => {
    reported.length = 0;
    before = setUncaughtHandler((error, { where }) => reported.push({ error, where }));
  });
  afterEach(() => {
    setUncaughtHandler(before);
  });
  const fail = async (): Promise<never> => {
    throw new Error('broken');
  };

  it('of a task that nobody awaits is reported once, at the end of the run', async () => {
    await inVirtualTime(async () => {
      spawnWith({ name: 'lost' }, fail);
      await sleep(1);
      expect(reported).toEqual([]);
    });
    expect(reported).toMatchObject([{ error: { message: 'broken' }, where: 'Task "lost"' }]);
  });

  it('of a task that somebody awaits, or awaits later, is not reported', async () => {
    await inVirtualTime(async () => {
      const early = spawn(fail);
      await expect(early).rejects.toThrow('broken');
      const late = spawn(fail);
      await sleep(100);
      await expect(late).rejects.toThrow('broken');
      const looked = spawn(fail);
      await sleep(100);
      expect(looked.exception()).toMatchObject({ message: 'broken' });
    });
    expect(reported).toEqual([]);
  });

  it('outside of any run is reported when nobody can ask any more', async () => {
    await (async () => {
      spawn(fail);
      await new Promise((resolve) => setTimeout(resolve, 5));
    })();
    const collect = (globalThis as { gc?: () => void }).gc;
    expect(collect).toBeTypeOf('function');
    while (reported.length === 0) {
      collect?.();
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    expect(reported).toMatchObject([{ where: 'Task "fail"' }]);
  });

  it('of a task thrown at once, or by a plain function, is an ordinary failure', () =>
    inVirtualTime(async () => {
      const task = spawn(() => {
        throw new RangeError('at once');
      });
      await expect(task).rejects.toThrow(RangeError);
      expect(await spawn((a: number, b: number) => a + b, 1, 2)).toBe(3);
    }));
});

describe('bad input', () => {
  it('what is no function is refused, and nothing starts', () => {
    expect(() => spawn(5 as never)).toThrow(TypeError);
    expect(() => spawn(Promise.resolve() as never)).toThrow('Cannot spawn object: pass a function, and not its call');
  });

  it('a task cannot be awaited by itself', () =>
    inVirtualTime(async () => {
      const task: Task<void> = spawn(async () => {
        await sleep(1);
        await task;
      });
      await expect(task).rejects.toThrow(InvalidStateError);
    }));

  it('the result of a task that is not done', () =>
    inVirtualTime(async () => {
      const task = spawnWith({ name: 'slow' }, forever);
      expect(() => task.result()).toThrow('Cannot give the result of Task "slow": it is not done; await it first');
      expect(String(task)).toBe('<Task "slow" pending>');
      task.cancel();
      await expect(task).rejects.toThrow();
      expect(String(task)).toBe('<Task "slow" cancelled>');
    }));
});

describe('addDoneCallback', () => {
  it('calls in order, also after the end, and can be taken back', () =>
    inVirtualTime(async () => {
      const calls: string[] = [];
      const task = spawn(() => sleep(1, 'value'));
      task.addDoneCallback((done) => calls.push(`first ${done.result()}`));
      const takeBack = task.addDoneCallback(() => calls.push('never'));
      task.addDoneCallback(() => calls.push('second'));
      takeBack();
      await task;
      task.addDoneCallback(() => calls.push('late'));
      expect(calls).toEqual(['first value', 'second', 'late']);
    }));
});
