import { BrokenBarrierError, CancelledError, InvalidStateError, TimeoutError } from '@interleave/core';
import { describe, expect, it } from 'vitest';
import { inVirtualTime } from '../fixtures/virtual-time.js';
import { sleep } from '../sleep.js';
import { Barrier } from './barrier.js';
import { BoundedSemaphore } from './bounded-semaphore.js';
import { Condition } from './condition.js';
import { Event } from './event.js';
import { gather } from './gather.js';
import { Lock } from './lock.js';
import { Semaphore } from './semaphore.js';
import { spawn } from './task.js';
import { timeout } from './timeout.js';
import { waitFor } from './wait-for.js';

describe('Lock', () => {
  it('ALK-01 strictly first come, first served', () =>
    inVirtualTime(async () => {
      const lock = new Lock({ name: 'disk' });
      const order: string[] = [];
      expect(() => lock.release()).toThrow(new InvalidStateError('Cannot release Lock "disk": nobody holds it'));
      await lock.acquire();
      const contenders = ['a', 'b', 'c'].map((name) =>
        spawn(async () => {
          await lock.acquire();
          order.push(name);
          await sleep(1);
          lock.release();
        }),
      );
      await sleep(1);
      expect(String(lock)).toBe('<Lock "disk" locked, 3 waiting>');
      lock.release();
      await gather(...contenders);
      expect(order).toEqual(['a', 'b', 'c']);
      expect(lock.locked()).toBe(false);
    }));

  it('ALK-02 F24 between release and the turn of the next nobody barges in', () =>
    inVirtualTime(async () => {
      const lock = new Lock();
      await lock.acquire();
      const next = spawn(() => lock.acquire());
      await sleep(1);
      lock.release();
      expect(lock.tryAcquire()).toBe(false);
      expect(await next).toBe(true);
      expect(await lock.acquire({ timeout: 10 })).toBe(false);
      await expect(lock.acquire({ timeout: -1 })).rejects.toThrow(RangeError);
    }));

  it('ALK-03 F24 a cancelled waiter leaves the line', () =>
    inVirtualTime(async () => {
      const lock = new Lock();
      await lock.acquire();
      const waiter = spawn(() => lock.acquire());
      await sleep(1);
      waiter.cancel();
      await expect(waiter).rejects.toThrow(CancelledError);
      expect(lock.locked()).toBe(true);
      lock.release();
      expect(lock.locked()).toBe(false);
    }));

  it.each([0, 1, 2])('ALK-03 F24 waiter %i of three is cancelled in the turn of the release', (at) =>
    inVirtualTime(async () => {
      for (const releaseFirst of [true, false]) {
        const lock = new Lock();
        const got: number[] = [];
        await lock.acquire();
        const waiters = [0, 1, 2].map((each) =>
          spawn(async () => {
            await lock.acquire();
            got.push(each);
            lock.release();
          }),
        );
        await sleep(1);
        if (releaseFirst) lock.release();
        waiters[at]!.cancel('in between');
        if (!releaseFirst) lock.release();
        await expect(waiters[at]).rejects.toMatchObject({ reason: 'in between' });
        await sleep(1);
        expect(got).toEqual([0, 1, 2].filter((each) => each !== at));
        expect(lock.locked()).toBe(false);
      }
    }),
  );

  it('ALK-04 a scope releases on return, throw, rejection and cancellation', () =>
    inVirtualTime(async () => {
      const lock = new Lock();
      expect(await lock.withLock(() => lock.locked())).toBe(true);
      await expect(lock.withLock(() => Promise.reject(new RangeError('no')))).rejects.toThrow(RangeError);
      const cancelled = spawn(() => lock.withLock(() => sleep(1_000)));
      await sleep(1);
      await expect(lock.withLock(() => 1, { timeout: 5 })).rejects.toThrow(
        new TimeoutError('Cannot acquire Lock: not free within 5 ms'),
      );
      cancelled.cancel();
      await expect(cancelled).rejects.toThrow(CancelledError);
      expect(lock.locked()).toBe(false);
      const held = await lock.hold();
      expect(lock.locked()).toBe(true);
      await held[Symbol.asyncDispose]();
      held.release();
      expect(lock.locked()).toBe(false);
    }));
});

describe('Event', () => {
  it('ALK-05 wakes all in order; clear keeps those waiting that came after it', () =>
    inVirtualTime(async () => {
      const event = new Event();
      const order: string[] = [];
      const waiters = ['a', 'b', 'c'].map((name) => spawn(async () => (order.push(name), await event.wait(), name)));
      const cancelled = spawn(() => event.wait());
      await sleep(1);
      cancelled.cancel();
      await expect(cancelled).rejects.toThrow(CancelledError);
      expect(String(event)).toBe('<Event unset, 3 waiting>');
      event.clear();
      await sleep(1);
      expect(waiters.some((waiter) => waiter.done())).toBe(false);
      event.set();
      expect(await gather(...waiters)).toEqual(['a', 'b', 'c']);
      expect([event.isSet(), await event.wait(), await event.wait({ timeout: 0 })]).toEqual([true, true, true]);
      event.clear();
      expect(await event.wait({ timeout: 10 })).toBe(false);
      expect(order).toEqual(['a', 'b', 'c']);
    }));
});

describe('Condition', () => {
  it('ALK-06 notify wakes so many, in order, each with the lock', () =>
    inVirtualTime(async () => {
      const condition = new Condition();
      const order: string[] = [];
      await expect(condition.wait()).rejects.toThrow(InvalidStateError);
      expect(() => condition.notify()).toThrow('its lock is not held; acquire it first');
      expect(() => condition.notifyAll()).toThrow(InvalidStateError);
      for (const name of ['a', 'b', 'c', 'd', 'e']) {
        spawn(async () => {
          await condition.acquire();
          await condition.wait();
          order.push(`${name} ${condition.locked()}`);
          await sleep(1);
          condition.release();
        });
      }
      const notify = async (count: number): Promise<void> => {
        await condition.withLock(() => condition.notify(count));
        await sleep(10);
      };
      await sleep(1);
      await notify(1);
      expect(order).toEqual(['a true']);
      await notify(2);
      expect(order).toEqual(['a true', 'b true', 'c true']);
      await condition.withLock(() => condition.notifyAll());
      await sleep(10);
      expect(order).toHaveLength(5);
      expect(() => new Condition({} as never)).toThrow(TypeError);
    }));

  it('ALK-07 a wait whose time is over has the lock again when the error comes', () =>
    inVirtualTime(async () => {
      const condition = new Condition();
      await condition.acquire();
      await expect(timeout(10).run(() => condition.wait())).rejects.toThrow(TimeoutError);
      expect(condition.locked()).toBe(true);
      expect(await condition.wait({ timeout: 10 })).toBe(false);
      condition.release();
      expect(condition.locked()).toBe(false);
    }));

  it.each(['waiting', 'taking the lock back'])('ALK-08 F24 cancelled while %s: the very error, with the lock', (when) =>
    inVirtualTime(async () => {
      const condition = new Condition();
      let seen: unknown;
      const waiter = spawn(async () => {
        await condition.acquire();
        try {
          await condition.wait();
        } catch (error) {
          seen = error;
          expect(condition.locked()).toBe(true);
          throw error;
        } finally {
          condition.release();
        }
      });
      await sleep(1);
      if (when === 'waiting') waiter.cancel('enough');
      else {
        await condition.acquire();
        condition.notify();
        await sleep(1);
        waiter.cancel('enough');
        await sleep(1);
        expect(waiter.done()).toBe(false);
        condition.release();
      }
      const error: unknown = await waiter.then(undefined, (caught: unknown) => caught);
      expect(error).toBe(seen);
      expect(error).toMatchObject({ name: 'CancelledError', reason: 'enough' });
      expect(condition.locked()).toBe(false);
    }),
  );

  it('F24 a notification that a cancelled waiter had got goes to the next', () =>
    inVirtualTime(async () => {
      const condition = new Condition();
      const wait = () => spawn(() => condition.withLock(() => condition.wait()));
      const [first, second] = [wait(), wait()];
      await sleep(1);
      await condition.acquire();
      condition.notify();
      first.cancel();
      condition.release();
      await expect(first).rejects.toThrow(CancelledError);
      expect(await second).toBe(true);
    }));

  it('waitFor asks again after each notification', () =>
    inVirtualTime(async () => {
      const condition = new Condition();
      let items = 0;
      const waiter = spawn(() => condition.withLock(() => condition.waitFor(() => items >= 2 && items)));
      for (let each = 0; each < 2; each++) {
        await sleep(1);
        await condition.withLock(() => ((items += 1), condition.notify()));
      }
      expect(await waiter).toBe(2);
      expect(await condition.withLock(() => condition.waitFor(() => false, { timeout: 10 }))).toBe(false);
    }));
});

describe('Semaphore', () => {
  it('ALK-09 three contenders alternate', () =>
    inVirtualTime(async () => {
      const semaphore = new Semaphore(1);
      const order: string[] = [];
      const contend = async (name: string): Promise<void> => {
        for (let round = 0; round < 2; round++) {
          await semaphore.withPermit(async () => {
            order.push(name);
            await sleep(0);
          });
        }
      };
      await gather(...['c1', 'c2', 'c3'].map((name) => spawn(contend, name)));
      expect(order.join(' ')).toBe('c1 c2 c3 c1 c2 c3');
    }));

  it('ALK-10 of 0 is locked; a release passes the permit on', () =>
    inVirtualTime(async () => {
      const semaphore = new Semaphore(0);
      expect(semaphore.locked()).toBe(true);
      const waiter = spawn(() => semaphore.acquire());
      await sleep(1);
      semaphore.release();
      expect([await waiter, semaphore.value, semaphore.tryAcquire()]).toEqual([true, 0, false]);
      semaphore.release(2);
      expect(semaphore.value).toBe(2);
      const bounded = new BoundedSemaphore(1, { name: 'disk' });
      expect(() => bounded.release()).toThrow(
        new RangeError(
          'Cannot release 1 permits of BoundedSemaphore "disk": 1 of 1 are free; release what was acquired',
        ),
      );
      await bounded.acquire();
      expect(await bounded.acquire({ timeout: 1 })).toBe(false);
      bounded.release();
      expect(() => new Semaphore(-1)).toThrow(RangeError);
      expect(() => new Semaphore('1' as never)).toThrow(TypeError);
    }));

  it('ALK-11 F24 a holder that cancels the next at its release does not lose the permit', () =>
    inVirtualTime(async () => {
      const semaphore = new Semaphore(1);
      let entered = false;
      await semaphore.acquire();
      const next = spawn(async () => {
        await semaphore.acquire();
        entered = true;
      });
      await sleep(1);
      semaphore.release();
      next.cancel();
      await expect(next).rejects.toThrow(CancelledError);
      expect(entered).toBe(false);
      expect(
        await waitFor(
          spawn(() => semaphore.acquire()),
          { timeout: 1_000 },
        ),
      ).toBe(true);
    }));
});

describe('Barrier', () => {
  it('ALK-12 distinct indexes; newcomers wait until the round has left', () =>
    inVirtualTime(async () => {
      const barrier = new Barrier(3, { name: 'start' });
      const pass = () => spawn(() => barrier.wait());
      const first = [pass(), pass()];
      await sleep(1);
      expect([String(barrier), barrier.nWaiting, barrier.parties]).toEqual([
        '<Barrier "start" filling, 2 of 3 inside>',
        2,
        3,
      ]);
      first.push(pass());
      const last = barrier.wait();
      expect(String(barrier)).toContain('draining');
      const newcomer = pass();
      expect((await gather(first[0], first[1], last)).sort()).toEqual([0, 1, 2]);
      await sleep(1);
      expect([newcomer.done(), barrier.nWaiting]).toEqual([false, 2]);
      const final = pass();
      expect(new Set(await gather(first[2], newcomer, final))).toEqual(new Set([0, 1, 2]));
      for (const parties of [0, -1, 1.5]) expect(() => new Barrier(parties)).toThrow(RangeError);
      expect(() => new Barrier('3' as never)).toThrow(TypeError);
    }));

  it('ALK-13 run waits on entry only, and passes the index', () =>
    inVirtualTime(async () => {
      const barrier = new Barrier(2);
      const indexes = await gather(
        spawn(() => barrier.run((index) => index)),
        spawn(() => barrier.run(async (index) => (await sleep(index * 10), index))),
      );
      expect(indexes.sort()).toEqual([0, 1]);
    }));

  it('ALK-14 abort fails all who wait, and all who come', () =>
    inVirtualTime(async () => {
      const barrier = new Barrier(3);
      const waiting = [spawn(() => barrier.wait()), spawn(() => barrier.wait())];
      await sleep(1);
      barrier.abort();
      for (const each of waiting) await expect(each).rejects.toThrow(BrokenBarrierError);
      expect(barrier.broken).toBe(true);
      await expect(barrier.wait()).rejects.toThrow('reset() it to go on');
      barrier.reset();
      const body = (index: number) => {
        if (index === 2) {
          barrier.abort();
          throw new RangeError('mine');
        }
        return barrier.wait();
      };
      const outcomes = await Promise.allSettled([1, 2, 3].map(() => barrier.run(body)));
      expect(outcomes.map((each) => each.status === 'rejected' && (each.reason as Error).name).sort()).toEqual([
        'BrokenBarrierError',
        'BrokenBarrierError',
        'RangeError',
      ]);
    }));

  it('ALK-15 reset fails those who wait; they may come again at once', () =>
    inVirtualTime(async () => {
      const barrier = new Barrier(3);
      let failed = 0;
      const persist = async (): Promise<number> => {
        for (;;) {
          try {
            return await barrier.wait();
          } catch (error) {
            expect(error).toBeInstanceOf(BrokenBarrierError);
            failed += 1;
          }
        }
      };
      const persistent = [spawn(persist), spawn(persist)];
      await sleep(1);
      barrier.reset();
      await sleep(1);
      expect([failed, barrier.nWaiting]).toEqual([2, 2]);
      await barrier.wait();
      expect((await gather(...persistent)).sort()).toEqual([0, 1]);
    }));

  it('a cancelled wait takes its arrival back, also in the turn of the last one’s coming', () =>
    inVirtualTime(async () => {
      const barrier = new Barrier(2);
      const leaver = spawn(() => barrier.wait());
      await sleep(1);
      leaver.cancel();
      const stays = barrier.wait();
      await expect(leaver).rejects.toThrow(CancelledError);
      await sleep(1);
      expect(barrier.nWaiting).toBe(1);
      expect([await barrier.wait(), await stays].sort()).toEqual([0, 1]);
      expect(String(barrier)).toBe('<Barrier filling, 0 of 2 inside>');
    }));
});
