import { Worker } from 'node:worker_threads';
import { expect, test, vi } from 'vitest';
import { openWords, threadWords } from './index.js';

test('a handle opens the same memory', () => {
  const words = threadWords(2);
  const same = openWords(structuredClone(words.handle()));
  expect(words.add(0, 5)).toBe(0);
  expect(same.compareExchange(0, 5, 7)).toBe(5);
  expect(same.exchange(0, 1)).toBe(7);
  same.store(1, -1);
  expect([words.load(0), words.load(1), same.length]).toEqual([1, -1, 2]);
  expect(same.self()).toBe(words.self());
});

test('a length that is none, an index that is none, a ground that is none', () => {
  for (const length of [0, -1, 1.5, NaN, 2 ** 29]) expect(() => threadWords(length)).toThrow(RangeError);
  const words = threadWords(2);
  expect(() => words.load(2)).toThrow(RangeError);
  expect(() => words.waitAsync(-1, 0)).toThrow(RangeError);
  expect(() => openWords({ ground: 'moon' })).toThrow('Cannot open shared words of ground "moon": not known here');
});

test('an asynchronous wait: not equal, out of time, woken, called off', async () => {
  const words = threadWords(1);
  expect(words.waitAsync(0, 1)).toBe('not-equal');
  expect(words.waitAsync(0, 0, { timeout: 0 })).toBe('timed-out');
  expect(words.waitAsync(0, 0, { signal: AbortSignal.abort() })).toBe('timed-out');
  expect(await words.waitAsync(0, 0, { timeout: 5 })).toBe('timed-out');
  const aborting = new AbortController();
  const first = words.waitAsync(0, 0, { signal: aborting.signal });
  const second = words.waitAsync(0, 0);
  aborting.abort();
  expect(await first).toBe('timed-out');
  words.notify(0, 1);
  words.notify(0, 1);
  expect(await second).toBe('ok');
});

test('a wake-up that reaches a waiter who left is handed on', async () => {
  const words = threadWords(1);
  const aborting = new AbortController();
  void words.waitAsync(0, 0, { signal: aborting.signal });
  const second = words.waitAsync(0, 0);
  aborting.abort();
  expect(words.notify(0, 1)).toBe(1);
  expect(await second).toBe('ok');
});

test('a thread is alive from its first word until it exits, however it exits', async () => {
  const words = threadWords(1);
  expect(words.isAlive(words.self())).toBe(true);
  expect(words.isAlive(0)).toBe(false);
  expect(words.isAlive(99_999)).toBe(false);
  for (const how of ['stay', 'process.exit(3)', 'null.x']) {
    words.store(0, 0);
    const text = `
      const { openWords } = require('@interleave/memory');
      const { workerData } = require('node:worker_threads');
      const words = openWords(workerData);
      words.store(0, words.self());
      ${how === 'stay' ? 'setInterval(() => {}, 1_000)' : how};
    `;
    const worker = new Worker(text, { eval: true, workerData: words.handle() });
    worker.on('error', () => {});
    const gone = new Promise((resolve) => worker.once('exit', resolve));
    await vi.waitFor(() => expect(words.load(0)).toBeGreaterThan(1));
    if (how === 'stay') {
      expect(words.isAlive(words.load(0))).toBe(true);
      await worker.terminate();
    }
    await gone;
    expect(words.isAlive(words.load(0))).toBe(false);
  }
});
