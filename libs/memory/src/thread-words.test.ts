import { Worker } from 'node:worker_threads';
import { expect, test, vi } from 'vitest';
import { openWords, threadWords } from './index.js';
import { wordsContract } from './words.contract.js';

wordsContract({
  make: threadWords,
  travel: structuredClone,
  routes: [['thread'], ['thread', 'thread']],
  increments: 100_000,
  expression: 'memory.threadWords(1)',
});

test('MEM-02 a ground that is none', () => {
  expect(() => openWords({ ground: 'moon' })).toThrow('Cannot open shared words of ground "moon": not known here');
});

test('MEM-07 F24 a wake-up that reaches a waiter who left is handed on', async () => {
  const words = threadWords(1);
  const aborting = new AbortController();
  void words.waitAsync(0, 0, { signal: aborting.signal });
  const second = words.waitAsync(0, 0);
  aborting.abort();
  expect(words.notify(0, 1)).toBe(1);
  expect(await second).toBe('ok');
});

test('MEM-08 a thread is alive from its first word until it exits, however it exits', async () => {
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
    await vi.waitFor(() => expect(words.load(0)).toBeGreaterThan(1), { timeout: 5_000 });
    if (how === 'stay') {
      expect(words.isAlive(words.load(0))).toBe(true);
      await worker.terminate();
    }
    await gone;
    expect(words.isAlive(words.load(0))).toBe(false);
  }
});
