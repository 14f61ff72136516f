import { CancelledError, QueueEmptyError, QueueFullError, QueueShutdownError, TimeoutError } from '@interleave/core';
import { describe, expect, it } from 'vitest';
import { inVirtualTime } from '../fixtures/virtual-time.js';
import { sleep } from '../sleep.js';
import { gather } from './gather.js';
import { LifoQueue } from './lifo-queue.js';
import { PriorityQueue } from './priority-queue.js';
import { Queue } from './queue.js';
import { spawn } from './task.js';
import { waitFor } from './wait-for.js';

const queueOf = <T>(...items: T[]): Queue<T> => {
  const queue = new Queue<T>();
  for (const item of items) queue.putNowait(item);
  return queue;
};

it('AQU-01 tells how many there are; a putter that waits gets in after one get, in order', () =>
  inVirtualTime(async () => {
    const queue = new Queue<number>({ maxSize: 2 });
    expect([queue.empty(), queue.full(), queue.qsize(), queue.maxSize]).toEqual([true, false, 0, 2]);
    await queue.put(1);
    await queue.put(2);
    const putting = spawn(() => queue.put(3));
    await sleep(1);
    expect([queue.empty(), queue.full(), queue.qsize(), putting.done()]).toEqual([false, true, 2, false]);
    expect(await queue.get()).toBe(1);
    await putting;
    expect([await queue.get(), await queue.get()]).toEqual([2, 3]);
  }));

it('AQU-02 what is no size', () => {
  for (const maxSize of [0, -1, undefined]) {
    const queue = new Queue<number>({ maxSize });
    for (let item = 0; item < 1_000; item++) queue.putNowait(item);
    expect([queue.full(), queue.qsize()]).toEqual([false, 1_000]);
  }
  expect(() => new Queue({ maxSize: 1.3 })).toThrow(RangeError);
  expect(() => new Queue({ maxSize: NaN })).toThrow(RangeError);
  expect(() => new Queue({ maxSize: '1' as never })).toThrow('Cannot make a queue of "1" places: maxSize is a number');
});

it('AQU-03 a get that waits is served by the next put, within one turn', () =>
  inVirtualTime(async () => {
    const queue = new Queue<string>();
    const getting = spawn(() => queue.get());
    await sleep(1);
    queue.putNowait('item');
    expect(queue.qsize()).toBe(0);
    await sleep(0);
    expect(getting.result()).toBe('item');
  }));

it('AQU-04 a put that waits is let in by the next get', () =>
  inVirtualTime(async () => {
    const queue = new Queue<string>({ maxSize: 1 });
    queue.putNowait('a');
    const putting = spawn(() => queue.put('b'));
    await sleep(1);
    expect(queue.getNowait()).toBe('a');
    expect(queue.qsize()).toBe(1);
    await sleep(0);
    expect(putting.done()).toBe(true);
  }));

it('AQU-05 the forms that do not wait', () => {
  const queue = new Queue<number>({ maxSize: 1 });
  expect(() => queue.getNowait()).toThrow(QueueEmptyError);
  queue.putNowait(1);
  expect(() => queue.putNowait(2)).toThrow(QueueFullError);
});

it('AQU-06 F24 five items through one place: both ends end', () =>
  inVirtualTime(async () => {
    const queue = new Queue<number>({ maxSize: 1 });
    const got: number[] = [];
    const producer = spawn(async () => {
      for (let item = 0; item < 5; item++) await queue.put(item);
    });
    const consumer = spawn(async () => {
      for (let item = 0; item < 5; item++) got.push(await queue.get());
    });
    await gather(producer, consumer);
    expect(got).toEqual([0, 1, 2, 3, 4]);
  }));

it('AQU-07 a get that timed out and a put that was cancelled leave nobody waiting', () =>
  inVirtualTime(async () => {
    const queue = new Queue<number>({ maxSize: 1 });
    await expect(queue.get({ timeout: 10 })).rejects.toThrow(TimeoutError);
    await expect(
      waitFor(
        spawn(() => queue.get()),
        { timeout: 10 },
      ),
    ).rejects.toThrow(TimeoutError);
    queue.putNowait(1);
    const putting = spawn(() => queue.put(2));
    await sleep(1);
    expect(String(queue)).toBe('<Queue 1 of 1 items, 0 getting, 1 putting>');
    putting.cancel();
    await expect(putting).rejects.toThrow(CancelledError);
    expect(String(queue)).toBe('<Queue 1 of 1 items, 0 getting, 0 putting>');
    await expect(queue.get({ timeout: -1 })).rejects.toThrow(RangeError);
  }));

it('AQU-08 F24 the first of two getters is cancelled: the item goes to the second', () =>
  inVirtualTime(async () => {
    const queue = new Queue<string>();
    const [first, second] = [spawn(() => queue.get()), spawn(() => queue.get())];
    await sleep(1);
    first.cancel();
    queue.putNowait('item');
    await expect(first).rejects.toThrow(CancelledError);
    expect(await second).toBe('item');
  }));

it('F24 cancelled after the put: no item is lost, and the cancellation is reported at the next wait', () =>
  inVirtualTime(async () => {
    const queue = new Queue<string>();
    const got: string[] = [];
    const getter = spawn(async () => {
      got.push(await queue.get());
      await sleep(1);
    });
    await sleep(1);
    queue.putNowait('item');
    getter.cancel();
    await expect(getter).rejects.toThrow(CancelledError);
    expect(got.length + queue.qsize()).toBe(1);
  }));

describe('order', () => {
  it('AQU-09 last in, first out', async () => {
    const queue = new LifoQueue<number>();
    for (const item of [1, 3, 2]) queue.putNowait(item);
    expect(await queue.peek()).toBe(2);
    expect([queue.getNowait(), queue.getNowait(), queue.getNowait()]).toEqual([2, 3, 1]);
  });

  it('AQU-09 the smallest first, and among equals the oldest', () => {
    const queue = new PriorityQueue<[number, string]>({ compare: ([a], [b]) => a - b });
    const items = Array.from({ length: 200 }, (_, at): [number, string] => [(at * 37) % 10, `item ${at}`]);
    for (const item of items) queue.putNowait(item);
    const sorted = [...items].sort(([a], [b]) => a - b);
    expect(items.map(() => queue.getNowait())).toEqual(sorted);
  });

  it('AQU-09 orders numbers, strings, dates and arrays by itself', async () => {
    const order = <T>(...items: T[]): T[] => {
      const queue = new PriorityQueue<T>();
      for (const item of items) queue.putNowait(item);
      return items.map(() => queue.getNowait());
    };
    expect(order<number | bigint>(3, 1n, 2)).toEqual([1n, 2, 3]);
    expect(order('b', 'a')).toEqual(['a', 'b']);
    expect(order(new Date(2), new Date(1))).toEqual([new Date(1), new Date(2)]);
    expect(order([2, 'a'], [1, 'b'], [1, 'a'], [1])).toEqual([[1], [1, 'a'], [1, 'b'], [2, 'a']]);
  });

  it('AQU-09 items that cannot be compared: the error comes out, and the queue is intact', async () => {
    const queue = new PriorityQueue<unknown>();
    for (const item of [5, 3, 4]) queue.putNowait(item);
    for (const odd of ['four', {}, NaN, null]) {
      expect(() => queue.putNowait(odd)).toThrow(TypeError);
      await expect(queue.put(odd)).rejects.toThrow(TypeError);
    }
    expect([queue.qsize(), queue.getNowait(), queue.getNowait(), queue.getNowait()]).toEqual([3, 3, 4, 5]);
    expect(() => new PriorityQueue({ compare: 5 as never })).toThrow(TypeError);
  });

  it('AQU-09 a putter whose item cannot be compared fails, and the next one gets in', () =>
    inVirtualTime(async () => {
      const queue = new PriorityQueue<unknown>({ maxSize: 2 });
      queue.putNowait(1);
      queue.putNowait(2);
      const [odd, good] = [spawn(() => queue.put('three')), spawn(() => queue.put(3))];
      await sleep(1);
      expect(queue.getNowait()).toBe(1);
      await expect(odd).rejects.toThrow(TypeError);
      await good;
      expect([queue.getNowait(), queue.getNowait()]).toEqual([2, 3]);
    }));

  it('the hooks keep the items of a queue of your own', async () => {
    class Latest extends Queue<string> {
      readonly #byKey = new Map<string, string>();
      protected override _put(item: string): void {
        this.#byKey.set(item[0]!, item);
      }
      protected override _get(): string {
        const [key, item] = [...this.#byKey][0]!;
        this.#byKey.delete(key);
        return item;
      }
    }
    const queue = new Latest();
    await queue.put('a1');
    await queue.put('b1');
    expect([await queue.get(), await queue.get()]).toEqual(['a1', 'b1']);
  });
});

describe('join', () => {
  it('AQU-10 waits for taskDone, once per item, over 100 items and 2 workers', () =>
    inVirtualTime(async () => {
      const queue = new Queue<number>();
      await queue.join();
      let sum = 0;
      let expected = 0;
      for (let seed = 1, each = 0; each < 100; each++) {
        seed = (seed * 16_807) % 2_147_483_647;
        expected += seed;
        queue.putNowait(seed);
      }
      const work = async (): Promise<void> => {
        for (;;) {
          const item = await queue.get();
          sum += item;
          await sleep(1);
          queue.taskDone();
        }
      };
      const workers = [spawn(work), spawn(work)];
      await queue.join();
      expect(sum).toBe(expected);
      for (const worker of workers) worker.cancel();
      expect(() => queue.taskDone()).toThrow(RangeError);
    }));
});

describe('shutdown', () => {
  it('AQU-11 of an empty queue', () =>
    inVirtualTime(async () => {
      const queue = new Queue<number>();
      const getting = spawn(() => queue.get());
      await sleep(1);
      queue.shutdown();
      expect(queue.isShutdown).toBe(true);
      await expect(getting).rejects.toThrow(QueueShutdownError);
      await queue.join();
      await expect(queue.put(1)).rejects.toThrow(QueueShutdownError);
      await expect(queue.get()).rejects.toThrow('Cannot get an item: the queue was shut down');
      expect(() => queue.putNowait(1)).toThrow(QueueShutdownError);
      expect(() => queue.getNowait()).toThrow(QueueShutdownError);
    }));

  it('AQU-12 with one item, and a putter that waits', () =>
    inVirtualTime(async () => {
      const queue = new Queue<number>({ maxSize: 1 });
      queue.putNowait(1);
      const putting = spawn(() => queue.put(2));
      const joining = spawn(() => queue.join());
      await sleep(1);
      queue.shutdown();
      await expect(putting).rejects.toThrow(QueueShutdownError);
      expect(await queue.get()).toBe(1);
      await expect(queue.get()).rejects.toThrow(QueueShutdownError);
      expect(joining.done()).toBe(false);
      queue.taskDone();
      await joining;
    }));

  it('AQU-13 immediate', () =>
    inVirtualTime(async () => {
      const queue = new Queue<number>({ maxSize: 2 });
      queue.putNowait(1);
      queue.putNowait(2);
      const putting = spawn(() => queue.put(3));
      const joining = spawn(() => queue.join());
      const empty = new Queue<number>();
      const getting = spawn(() => empty.get());
      await sleep(1);
      queue.shutdown({ immediate: true });
      empty.shutdown({ immediate: true });
      expect(queue.qsize()).toBe(0);
      await expect(putting).rejects.toThrow(QueueShutdownError);
      await expect(getting).rejects.toThrow(QueueShutdownError);
      await expect(queue.get()).rejects.toThrow(QueueShutdownError);
      await joining;
      expect(() => queue.taskDone()).toThrow(RangeError);
    }));

  it('AQU-14 a loop over the queue ends after the last item', () =>
    inVirtualTime(async () => {
      const queue = queueOf('a', 'b');
      const got: string[] = [];
      const reading = spawn(async () => {
        for await (const item of queue) got.push(item);
      });
      await sleep(1);
      queue.putNowait('c');
      queue.putNowait('d');
      queue.shutdown();
      await reading;
      expect(got).toEqual(['a', 'b', 'c', 'd']);
    }));
});

describe('as gevent has it', () => {
  it('GRN-33 F24 a getter that timed out does not swallow the item', () =>
    inVirtualTime(async () => {
      const queue = new Queue<string>();
      const dying = spawn(() => queue.get({ timeout: 10 }));
      const waiting = spawn(() => queue.get());
      await expect(dying).rejects.toThrow(TimeoutError);
      queue.putNowait('for the other');
      expect(await waiting).toBe('for the other');
      const both = [spawn(() => queue.get({ timeout: 10 })), spawn(() => queue.get({ timeout: 10 }))];
      for (const each of both) await expect(each).rejects.toThrow(TimeoutError);
      queue.putNowait('still there');
      expect(queue.getNowait()).toBe('still there');
    }));

  it('GRN-34 size 2: the third put waits; peek leaves the item', () =>
    inVirtualTime(async () => {
      const queue = new Queue<string>({ maxSize: 2 });
      const peeking = [spawn(() => queue.peek()), spawn(() => queue.peek())];
      await sleep(1);
      const steps: string[] = [];
      const putting = spawn(async () => {
        for (const item of ['a', 'b', 'c']) {
          await queue.put(item);
          steps.push(item);
        }
      });
      expect(await gather(...peeking)).toEqual(['a', 'a']);
      await sleep(1);
      expect(steps).toEqual(['a', 'b']);
      expect(await queue.get()).toBe('a');
      await putting;
      expect(steps).toEqual(['a', 'b', 'c']);
    }));

  it('GRN-34 four who wait, four items, each exactly one', () =>
    inVirtualTime(async () => {
      const queue = new Queue<number>();
      const getters = [1, 2, 3, 4].map(() => spawn(() => queue.get()));
      await sleep(1);
      for (const item of [1, 2, 3, 4]) queue.putNowait(item);
      expect(await gather(...getters)).toEqual([1, 2, 3, 4]);
    }));
});
