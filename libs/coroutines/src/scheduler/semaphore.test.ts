import { expect, test } from 'vitest';
import { exploreOrders } from './explore-orders.js';
import { Scheduler } from './scheduler.js';
import { Semaphore } from './semaphore.js';
import type { Task } from './task.js';

test('never more than the permits at once, in every order, and every permit comes back', async () => {
  const found = await exploreOrders((scheduler) => {
    const semaphore = new Semaphore(2);
    let inside = 0;
    let most = 0;
    for (const name of ['a', 'b', 'c']) {
      scheduler.spawn(
        semaphore.withPermit(function* () {
          inside += 1;
          most = Math.max(most, inside);
          yield;
          inside -= 1;
        }),
        { name },
      );
    }
    return () => most <= 2 && semaphore.value === 2;
  });
  expect([found.wrong, found.exhausted, found.orders > 50]).toEqual([0, true, true]);
});

test('first come, first served, and a permit on its way is not taken by who comes later', async () => {
  const scheduler = new Scheduler();
  const semaphore = new Semaphore(1);
  const log: string[] = [];
  for (const name of ['a', 'b', 'c']) {
    scheduler.spawn(function* () {
      for (let n = 0; n < 2; n++) {
        yield* semaphore.acquire();
        log.push(name);
        yield;
        semaphore.release();
      }
    });
  }
  await scheduler.run();
  expect(log.join('')).toBe('abcabc');
});

test('a permit that was handed to a task that is cancelled can be given back; one cancelled in line took none', async () => {
  const scheduler = new Scheduler();
  const semaphore = new Semaphore(1);
  semaphore.tryAcquire();
  const body = function* () {
    yield* semaphore.withPermit(function* () {
      yield;
    });
  };
  const [first, second]: Task<void>[] = [scheduler.spawn(body), scheduler.spawn(body)];
  await scheduler.run(function* () {
    yield;
    second?.cancel();
    semaphore.release();
    first?.cancel();
    yield;
  });
  expect([first?.state, second?.state, semaphore.value]).toEqual(['cancelled', 'cancelled', 1]);
});

test('misuse', () => {
  for (const wrong of [-1, 1.5, NaN]) expect(() => new Semaphore(wrong)).toThrow(RangeError);
  const semaphore = new Semaphore(1);
  expect([semaphore.tryAcquire(), semaphore.tryAcquire(), String(semaphore)]).toEqual([
    true,
    false,
    'Semaphore (0 free)',
  ]);
  semaphore.release();
  semaphore.release();
  expect(semaphore.value).toBe(2);
});
