/**
 * What words of every ground do, between any two who share them. A test file calls {@link wordsContract} with its
 * ground.
 */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { participant, type Participant, type Route } from './fixtures/participant.js';
import { runProgram } from './fixtures/run-program.js';
import { openWords } from './open-words.js';
import type { Words } from './words.js';

/** What a test file tells about its ground. */
export interface WordsSubject {
  /** An expression for a program that has everything of `@interleave/memory` in scope as `memory`. */
  readonly expression: string;
  /** Who shares words of this ground with us. */
  readonly routes: readonly Route[];
  /** How often each of two adds, to see that nothing is lost. */
  readonly increments: number;
  make(length: number): Words;
  /** What a handle goes through on its way. */
  travel(handle: unknown): unknown;
}

/** Registers the tests. */
export function wordsContract({ make, travel, routes, increments, expression }: WordsSubject): void {
  const started: Participant[] = [];
  const share = async (words: Words, route: Route): Promise<Participant> => {
    const other = await participant(route, words.handle());
    started.push(other);
    return other;
  };

  afterEach(async () => {
    await Promise.all(started.splice(0).map((each) => each.end()));
  });

  test('MEM-01 every operation gives back what was before, and wraps around at 32 bits', () => {
    const words = make(3);
    expect([words.length, words.load(0), words.load(1), words.load(2)]).toEqual([3, 0, 0, 0]);
    expect(words.add(0, 5)).toBe(0);
    expect(words.add(0, -7)).toBe(5);
    expect(words.exchange(0, 2 ** 31 - 1)).toBe(-2);
    expect(words.add(0, 1)).toBe(2 ** 31 - 1);
    expect(words.load(0)).toBe(-(2 ** 31));
    expect(words.compareExchange(0, 1, 2)).toBe(-(2 ** 31));
    expect(words.compareExchange(0, -(2 ** 31), 2)).toBe(-(2 ** 31));
    words.store(2, 2 ** 32 + 9);
    expect([words.load(0), words.load(1), words.load(2)]).toEqual([2, 0, 9]);
    expect([words.peek(0), words.peek(1), words.peek(2)]).toEqual([2, 0, 9]);
  });

  test('MEM-02 a handle that has travelled opens the same memory, and its handle does, too', () => {
    const words = make(2);
    const same = openWords(travel(words.handle()) as never);
    const again = openWords(travel(same.handle()) as never);
    words.store(1, 8);
    same.add(1, 1);
    expect([again.load(1), again.length, again.self()]).toEqual([9, 2, words.self()]);
  });

  test('MEM-03 a length that is none, and an index that is none', () => {
    for (const length of [0, -1, 1.5, NaN, 2 ** 29]) expect(() => make(length)).toThrow(RangeError);
    const [words, neighbour] = [make(2), make(1)];
    for (const index of [-1, 2]) {
      expect(() => words.load(index)).toThrow(RangeError);
      expect(() => words.peek(index)).toThrow(RangeError);
      expect(() => words.store(index, 1)).toThrow(RangeError);
      expect(() => words.add(index, 1)).toThrow(RangeError);
      expect(() => words.exchange(index, 1)).toThrow(RangeError);
      expect(() => words.compareExchange(index, 0, 1)).toThrow(RangeError);
      expect(() => words.wait(index, 0, 1)).toThrow(RangeError);
      expect(() => words.waitAsync(index, 0, { timeout: 1 })).toThrow(RangeError);
      expect(() => words.notify(index)).toThrow(RangeError);
    }
    expect([words.load(0), words.load(1), neighbour.load(0)]).toEqual([0, 0, 0]);
  });

  test('MEM-04 a wait that has nothing to wait for: another value, no time, called off before', async () => {
    const words = make(1);
    expect(words.wait(0, 1)).toBe('not-equal');
    expect(words.wait(0, 0, 0)).toBe('timed-out');
    expect(words.wait(0, 0, 3)).toBe('timed-out');
    expect(words.waitAsync(0, 1)).toBe('not-equal');
    expect(words.waitAsync(0, 0, { timeout: 0 })).toBe('timed-out');
    expect(words.waitAsync(0, 1, { timeout: 0 })).toBe('not-equal');
    expect(words.waitAsync(0, 0, { signal: AbortSignal.abort() })).toBe('timed-out');
    expect(await words.waitAsync(0, 0, { timeout: 3 })).toBe('timed-out');
  });

  test('MEM-05 a timed wait takes at least its time', async () => {
    const words = make(1);
    for (const timeout of [0.3, 7, 120]) {
      let before = words.now();
      words.wait(0, 0, timeout);
      expect(words.now() - before).toBeGreaterThanOrEqual(timeout);
      before = words.now();
      await words.waitAsync(0, 0, { timeout });
      expect(words.now() - before).toBeGreaterThanOrEqual(timeout);
    }
  });

  test('MEM-06 asynchronous waiters are woken in the order they came, as many as asked for', async () => {
    const words = make(2);
    const woken: number[] = [];
    const waits = [0, 1, 2, 3, 4].map(async (name) => {
      expect(await words.waitAsync(0, 0)).toBe('ok');
      woken.push(name);
    });
    expect(words.notify(1)).toBe(0);
    expect(words.notify(0, 0)).toBe(0);
    expect(words.notify(0, 1)).toBe(1);
    await waits[0];
    expect(words.notify(0, 2)).toBe(2);
    await waits[2];
    expect(woken).toEqual([0, 1, 2]);
    expect(words.notify(0)).toBe(2);
    await Promise.all(waits);
    expect(words.notify(0)).toBe(0);
  });

  test('MEM-07 F24 a waiter who was called off takes no wake-up from others', async () => {
    const words = make(1);
    const aborting = new AbortController();
    const first = words.waitAsync(0, 0, { signal: aborting.signal });
    const late = words.waitAsync(0, 0, { timeout: 1 });
    const second = words.waitAsync(0, 0);
    aborting.abort();
    expect(await first).toBe('timed-out');
    expect(await late).toBe('timed-out');
    words.notify(0, 1);
    expect(await second).toBe('ok');
  });

  test('MEM-07 F24 who was told is woken even if called off at the same moment, or hands it on', async () => {
    const words = make(1);
    const aborting = new AbortController();
    const first = words.waitAsync(0, 0, { signal: aborting.signal });
    const second = words.waitAsync(0, 0);
    words.notify(0, 1);
    aborting.abort();
    if ((await first) === 'ok') words.notify(0, 1);
    expect(await second).toBe('ok');
  });

  test('MEM-08 a number that was never given out is nobody', () => {
    const words = make(1);
    expect(words.self()).toBeGreaterThan(0);
    expect(words.self() | 0).toBe(words.self());
    expect(words.isAlive(words.self())).toBe(true);
    for (const nobody of [0, -1, 2 ** 31 - 1, 99_999]) expect(words.isAlive(nobody)).toBe(false);
  });

  test('MEM-09 NOD-01 a pending wait keeps a program alive, words alone do not', async () => {
    const ended = await runProgram(`
      const words = ${expression};
      memory.openWords(words.handle()).store(0, 7);
      console.log(await words.waitAsync(0, 7, { timeout: 80 }));
      setImmediate(() => void words.waitAsync(0, 7, { timeout: 20 }).then((how) => console.log(how, 'too')));
    `);
    expect(ended).toEqual({ out: 'timed-out\ntimed-out too\n', errors: '', end: 0 });
  });

  describe.each(routes.map((route) => ({ name: route.join(' of a '), route })))('with a $name', ({ route }) => {
    test('MEM-10 all operations mean the same words there', async () => {
      const words = make(4);
      const other = await share(words, route);
      expect(await other.call('add', 0, 5)).toBe(0);
      expect(await other.call('exchange', 0, -3)).toBe(5);
      expect(await other.call('compareExchange', 0, 0, 1)).toBe(-3);
      expect(await other.call('compareExchange', 0, -3, 1)).toBe(-3);
      await other.call('store', 3, 11);
      expect([words.load(0), words.load(3)]).toEqual([1, 11]);
      words.store(2, -9);
      expect(await other.call('load', 2)).toBe(-9);
      await expect(other.call('load', 4)).rejects.toThrow('RangeError');
    });

    test('MEM-11 no increment is lost', async () => {
      const words = make(3);
      const other = await share(words, route);
      const times = route === routes[0] ? increments : 5_000;
      const theirs = [other.call('increment', 0, times), other.call('incrementByExchange', 1, times / 10)];
      await vi.waitFor(() => expect(words.notify(2)).toBe(1), { interval: 1, timeout: 5_000 });
      for (let time = 0; time < times; time++) words.add(0, 1);
      for (let time = 0; time < times / 10; time++) {
        for (let seen = words.load(1), found; (found = words.compareExchange(1, seen, seen + 1)) !== seen;)
          seen = found;
      }
      await Promise.all(theirs);
      expect([words.load(0), words.load(1)]).toEqual([2 * times, (2 * times) / 10]);
    }, 120_000);

    test('MEM-12 a thread that blocks there is woken from here', async () => {
      const words = make(1);
      const other = await share(words, route);
      const answer = other.call('wait', 0, 0);
      await vi.waitFor(() => expect(words.notify(0, 1)).toBe(1), { interval: 1, timeout: 5_000 });
      expect(await answer).toBe('ok');
      expect(await other.call('wait', 0, 0, 5)).toBe('timed-out');
      expect(await other.call('wait', 0, 1)).toBe('not-equal');
    });

    test('MEM-12 an event loop there is woken from here, and ours from there', async () => {
      const words = make(2);
      const other = await share(words, route);
      expect(await other.call('begin', 'first', 0, 0)).toBe('waits');
      expect(words.notify(0)).toBe(1);
      expect(await other.call('ended', 'first')).toBe('ok');
      expect(await other.call('begin', 'second', 0, 0, 5)).toBe('waits');
      expect(await other.call('ended', 'second')).toBe('timed-out');
      const ours = words.waitAsync(1, 0);
      expect(await other.call('notify', 1)).toBe(1);
      expect(await ours).toBe('ok');
    });

    test('MEM-12 a thread that blocks here is woken from there', async () => {
      const words = make(1);
      const other = await share(words, route);
      for (let time = 0; time < 5; time++) {
        const woken = other.call('wakeOne', 0);
        // Messages leave once the event loop has turned; after that we block.
        await new Promise(setImmediate);
        expect(words.wait(0, 0)).toBe('ok');
        await woken;
      }
    });

    test('MEM-06 both sides stand in one queue', async () => {
      const words = make(1);
      const other = await share(words, route);
      const woken: string[] = [];
      const ended: Promise<unknown>[] = [];
      for (const name of ['a', 'b', 'c']) {
        ended.push(Promise.resolve(words.waitAsync(0, 0)).then(() => woken.push(`ours ${name}`)));
        await other.call('begin', name, 0, 0);
        ended.push(other.call('ended', name).then(() => woken.push(`theirs ${name}`)));
      }
      for (const end of ended) {
        expect(words.notify(0, 1)).toBe(1);
        await end;
      }
      expect(woken).toEqual(['ours a', 'theirs a', 'ours b', 'theirs b', 'ours c', 'theirs c']);
    });

    test('MEM-07 F24 who is called off there takes no wake-up from us', async () => {
      const words = make(1);
      const other = await share(words, route);
      await other.call('begin', 'first', 0, 0);
      const ours = words.waitAsync(0, 0);
      await other.call('abort', 'first');
      expect(await other.call('ended', 'first')).toBe('timed-out');
      words.notify(0, 1);
      expect(await ours).toBe('ok');
    });

    test('MEM-08 everybody has a number of their own, and it dies with them', async () => {
      const words = make(1);
      const [first, second] = await Promise.all([share(words, route), share(words, route)]);
      const numbers = [words.self(), await first.call('self'), await second.call('self')];
      expect(new Set(numbers).size).toBe(3);
      expect(await second.call('self')).toBe(numbers[2]);
      expect(numbers.map((number) => words.isAlive(number))).toEqual([true, true, true]);
      expect(await first.call('isAlive', numbers[0])).toBe(true);
      expect(await first.call('isAlive', numbers[2])).toBe(true);
      await second.end();
      await vi.waitFor(() => expect(words.isAlive(numbers[2])).toBe(false), { interval: 1, timeout: 5_000 });
      await vi.waitFor(async () => expect(await first.call('isAlive', numbers[2])).toBe(false), { timeout: 5_000 });
      expect(words.isAlive(numbers[1])).toBe(true);
    });

    test('MEM-05 all read the same clock', async () => {
      const words = make(1);
      const other = await share(words, route);
      const before = words.now();
      const theirs = await other.call('now');
      expect(theirs).toBeGreaterThanOrEqual(before);
      expect(theirs).toBeLessThanOrEqual(words.now());
    });
  });
}
