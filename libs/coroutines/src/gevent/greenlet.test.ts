import { AsyncLocalStorage } from 'node:async_hooks';
import { inspect } from 'node:util';
import { GreenletExit, InvalidStateError, TimeoutError } from '@interleave/core';
import { expectNothingLeft } from '@interleave/testing';
import { expect, it } from 'vitest';
import { Greenlet, getCurrent, killAll, sleep, spawn, spawnLater, Timeout } from './index.js';
import { inNoTime } from './fixtures/in-no-time.js';
import { catchReports } from './fixtures/reported.js';

const reports = catchReports();

class MyError extends Error {
  readonly extra = 7;
}

const fail = (error: unknown = new MyError('no')): never => {
  throw error;
};

/** A foreign wait, which nobody can interrupt. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('GRN-01 spawn returns at once, the body starts in a later turn', async () => {
  const log: string[] = [];
  const greenlet = spawn(
    (a: number, b: number) => {
      log.push('body');
      return a + b;
    },
    1,
    2,
  );
  log.push('spawned');
  expect(await greenlet.get()).toBe(3);
  expect(log).toEqual(['spawned', 'body']);
});

it('GRN-01 what is no function is refused, and nothing is started', () => {
  for (const given of [undefined, null, 5, 'name', {}]) {
    expect(() => spawn(given as never)).toThrow(TypeError);
    expect(() => spawnLater(1, given as never)).toThrow(TypeError);
    expect(() => new Greenlet(given as never)).toThrow(/Cannot make a greenlet of .*: pass a function/);
  }
});

const flags = (greenlet: Greenlet): unknown[] => [
  greenlet.started,
  greenlet.dead,
  greenlet.ready(),
  greenlet.successful(),
  greenlet.value,
  greenlet.exception,
];

it('GRN-02 the flags of a good run', async () => {
  const greenlet = new Greenlet(async () => 25);
  expect(flags(greenlet)).toEqual([false, false, false, false, undefined, undefined]);
  greenlet.start();
  expect(flags(greenlet)).toEqual([true, false, false, false, undefined, undefined]);
  await greenlet.join();
  expect(flags(greenlet)).toEqual([false, true, true, true, 25, undefined]);
});

it('GRN-03 the flags of a failing run, and the very error', async () => {
  const error = new MyError('no');
  const greenlet = spawn(async () => fail(error));
  await expect(greenlet.get()).rejects.toBe(error);
  expect(flags(greenlet)).toEqual([false, true, true, false, undefined, error]);
  expect(greenlet.exception).toBe(error);
  await expect(greenlet.get()).rejects.toHaveProperty('extra', 7);
  expect(await reports.settled()).toEqual([]);
});

it('GRN-04 a failure that nobody awaits is reported once', async () => {
  const errors = Array.from({ length: 100 }, (_, at) => new MyError(`${at}`));
  for (const error of errors) spawn(fail, error);
  expect(await reports.settled()).toEqual(errors);
});

it('GRN-04 joining is not asking for the error', async () => {
  const error = new MyError('no');
  const greenlet = spawn(fail, error);
  await greenlet.join();
  expect(await reports.settled()).toEqual([error]);
});

it('GRN-05 join never throws, ends after its time, and at once on a finished one', () =>
  inNoTime(async (clock) => {
    expect(await spawn(fail).join()).toBe(true);
    const slow = spawn(() => sleep(100));
    expect(await slow.join({ timeout: 30 })).toBe(false);
    expect([clock.now(), slow.dead, slow.linkCount]).toEqual([30, false, 0]);
    expect(await slow.join({ timeout: 0 })).toBe(false);
    expect(await slow.join({ timeout: 1_000 })).toBe(true);
    expect(await slow.join({ timeout: 0 })).toBe(true);
    expect(clock.now()).toBe(100);
    await expect(slow.join({ timeout: NaN })).rejects.toThrow(RangeError);
  }));

it('GRN-06 get with a timeout', () =>
  inNoTime(async (clock) => {
    const slow = spawn(() => sleep(100, 'done'));
    await expect(slow.get({ timeout: 30 })).rejects.toThrow(TimeoutError);
    expect([clock.now(), slow.started]).toEqual([30, true]);
    await expect(slow.get({ timeout: 0 })).rejects.toThrow(TimeoutError);
    expect(await slow.get()).toBe('done');
    expect(await slow.get({ timeout: 0 })).toBe('done');
  }));

it('GRN-07 start does nothing the second time, nor after the end', async () => {
  let runs = 0;
  const greenlet = new Greenlet(() => (runs += 1));
  greenlet.start();
  greenlet.start();
  greenlet.startLater(5);
  await greenlet.join();
  greenlet.start();
  await turn();
  expect(runs).toBe(1);
});

it('GRN-08 a stack overflow is an ordinary failure', async () => {
  const deeper = (): number => deeper() + 1;
  const greenlet = spawn(deeper);
  const joiner = spawn(() => greenlet.join());
  expect(await joiner.get()).toBe(true);
  expect(await reports.settled()).toEqual([greenlet.exception]);
  await expect(greenlet.get()).rejects.toThrow(RangeError);
  expect(await reports.settled()).toHaveLength(1);
});

it('GRN-09 killed before its start it never runs', async () => {
  let runs = 0;
  const ends: unknown[] = [];
  const fresh = new Greenlet(() => (runs += 1));
  for (const given of [fresh, undefined]) {
    const greenlet = given ?? spawn(() => (runs += 1));
    greenlet.link((ended) => ends.push(ended));
    await greenlet.kill();
    expect([greenlet.dead, greenlet.successful()]).toEqual([true, true]);
    expect(greenlet.value).toBeInstanceOf(GreenletExit);
    expect(await greenlet.get()).toBe(greenlet.value);
  }
  fresh.start();
  await turn();
  expect([runs, ends]).toEqual([0, [fresh, expect.any(Greenlet)]]);
});

it('GRN-10 killed before its time it never runs, and its timer is gone', () =>
  inNoTime(async (clock) => {
    let runs = 0;
    const later = spawnLater(1_000, () => (runs += 1));
    expect([later.started, clock.pending]).toEqual([true, 1]);
    await later.kill();
    expect([clock.pending, runs, later.successful()]).toEqual([0, 0, true]);
    expect(await spawnLater(500, () => clock.now()).get()).toBe(500);
  }));

it('GRN-10 a delay that is none is refused', () => {
  expect(() => spawnLater(-1, () => 1)).toThrow(RangeError);
  expect(() => spawnLater(NaN, () => 1)).toThrow(RangeError);
  expect(() => spawnLater(2 ** 60, () => 1)).toThrow(RangeError);
  expect(() => spawnLater('5' as never, () => 1)).toThrow(TypeError);
});

it('GRN-11 killed while asleep it cleans up, and kill waits for that', () =>
  inNoTime(async (clock) => {
    const log: string[] = [];
    const greenlet = spawn(async () => {
      try {
        await sleep(1_000);
      } finally {
        await sleep(10);
        log.push('cleaned up');
      }
    });
    await sleep(1);
    await greenlet.kill();
    log.push('killed');
    expect(log).toEqual(['cleaned up', 'killed']);
    expect([clock.now(), greenlet.successful()]).toEqual([11, true]);
    await greenlet.kill();
    expect(greenlet.value).toBeInstanceOf(GreenletExit);
  }));

it('GRN-11 killed and limited in real time, nothing is left', () =>
  expectNothingLeft(async () => {
    const sleeping = spawn(() => sleep(60_000));
    const later = spawnLater(60_000, () => 'never');
    const joining = spawn(() => sleeping.join({ timeout: 60_000 }));
    await turn();
    const limit = new Timeout(1);
    await expect(limit.run(() => sleep(60_000))).rejects.toBe(limit);
    await killAll([sleeping, later]);
    expect(await joining.get({ timeout: 60_000 })).toBe(true);
  }));

it('GRN-12 killed with an error it fails with that error, started or not', async () => {
  const error = new MyError('enough');
  const sleeping = spawn(() => sleep(10_000));
  await turn();
  for (const given of [sleeping, undefined]) {
    const greenlet = given ?? spawn(() => sleep(10_000));
    await greenlet.kill({ exception: error });
    await expect(greenlet.get()).rejects.toBe(error);
    expect(flags(greenlet)).toEqual([false, true, true, false, undefined, error]);
  }
  const byClass = spawn(() => 1);
  await byClass.kill({ exception: MyError });
  await expect(byClass.get()).rejects.toBeInstanceOf(MyError);
  await expect(spawn(() => 1).kill({ exception: 'enough' as never })).rejects.toThrow(TypeError);
  expect(await reports.settled()).toEqual([]);
});

it('GRN-13 kill without waiting', async () => {
  const greenlet = spawn(() => sleep(10_000));
  await turn();
  await greenlet.kill({ block: false });
  await turn();
  expect(greenlet.dead).toBe(true);
});

it('GRN-14 what never comes to a wait is not reported dead while it runs', async () => {
  let stop = false;
  const busy = spawn(async () => {
    while (!stop) await turn();
    return 'stopped by itself';
  });
  await turn();
  await expect(busy.kill({ timeout: 10 })).rejects.toThrow(TimeoutError);
  expect([busy.dead, busy.linkCount]).toEqual([false, 0]);
  stop = true;
  expect(await busy.get()).toBe('stopped by itself');
});

it('GRN-14 a kill from within a loop that never waits arrives after it', async () => {
  const greenlet: Greenlet<string> = spawn(() => {
    greenlet.throw();
    return 'the loop is over';
  });
  await greenlet.kill();
  expect(greenlet.value).toBeInstanceOf(GreenletExit);
  const second: Greenlet<string> = spawn(() => {
    second.throw();
    return 'the loop is over';
  });
  expect(await second.get()).toBe('the loop is over');
});

it('GRN-24 during ends when both are over', () =>
  inNoTime(async (clock) => {
    const greenlet = spawn(() => sleep(50, 'greenlet'));
    expect(await greenlet.during(() => sleep(20, 'body'))).toBe('body');
    expect([clock.now(), greenlet.value]).toEqual([50, 'greenlet']);
    const failing = spawn(fail);
    await failing.during(() => sleep(20));
    await expect(failing.get()).rejects.toThrow(MyError);
  }));

it('GRN-24 a body that throws kills the greenlet, and its error comes out', () =>
  inNoTime(async (clock) => {
    const error = new MyError('body');
    const log: string[] = [];
    const greenlet = spawn(async () => {
      try {
        await sleep(1_000);
      } finally {
        await sleep(5);
        log.push('cleaned up');
      }
    });
    const body = async (): Promise<void> => {
      await sleep(10);
      fail(error);
    };
    await expect(greenlet.during(body)).rejects.toBe(error);
    expect([log, greenlet.dead, clock.now()]).toEqual([['cleaned up'], true, 15]);
  }));

it('GRN-24 killed beside it, the greenlet is killed too', () =>
  inNoTime(async () => {
    const inner = spawn(() => sleep(1_000));
    const outer = spawn(() => inner.during(() => 'at once'));
    await sleep(1);
    await outer.kill();
    expect([inner.dead, outer.value]).toEqual([true, expect.any(GreenletExit)]);
  }));

it('GRN-25 spawn inherits the async-local context, also later', () =>
  inNoTime(async () => {
    const storage = new AsyncLocalStorage<string>();
    const read = (): string | undefined => storage.getStore();
    const [now, later] = storage.run('ann', () => [spawn(read), spawnLater(10, read)]);
    expect([await now?.get(), await later?.get()]).toEqual(['ann', 'ann']);
    expect(await spawn(read).get()).toBeUndefined();
  }));

it('GRN-25 local values are not seen outside, nor by siblings', async () => {
  const body = async (name: string): Promise<unknown> => {
    const { local } = getCurrent()!;
    const before = local.name;
    local.name = name;
    await turn();
    return [before, getCurrent()?.local.name];
  };
  const [ann, ben] = [spawn(body, 'ann'), spawn(body, 'ben')];
  expect(await ann.get()).toEqual([undefined, 'ann']);
  expect(await ben.get()).toEqual([undefined, 'ben']);
  expect(getCurrent()).toBeUndefined();
});

it('GRN-26 sleep(0) takes turns', async () => {
  const log: string[] = [];
  const body = async (name: string): Promise<void> => {
    log.push(`${name}A`);
    await sleep(0);
    log.push(`${name}B`);
  };
  const both = [spawn(body, '1'), spawn(body, '2')];
  for (const each of both) await each.join();
  expect(log).toEqual(['1A', '2A', '1B', '2B']);
});

it('a greenlet that waits for itself is told so, and goes on', async () => {
  const greenlet: Greenlet<string> = spawn(async () => {
    await expect(greenlet.join()).rejects.toThrow(InvalidStateError);
    await expect(greenlet.get()).rejects.toThrow(/from inside itself/);
    return 'went on';
  });
  expect(await greenlet.get()).toBe('went on');
});

it('a greenlet may kill itself, at its next wait', async () => {
  const log: string[] = [];
  const greenlet: Greenlet<void> = spawn(async () => {
    try {
      await greenlet.kill();
    } finally {
      log.push('cleaned up');
    }
    log.push('never');
  });
  await greenlet.join();
  expect([log, greenlet.successful()]).toEqual([['cleaned up'], true]);
});

it('tells how it is', async () => {
  const greenlet = new Greenlet(function download() {
    return sleep(0);
  });
  expect(String(greenlet)).toBe('<Greenlet "download" new>');
  greenlet.start();
  expect(inspect(greenlet)).toBe('<Greenlet "download" scheduled>');
  await turn();
  await greenlet.join();
  expect(String(greenlet)).toBe('<Greenlet "download" finished>');
  expect(new Greenlet(() => 1).name).toMatch(/^Greenlet-\d+$/);
});
