import process from 'node:process';
import { expect, test } from 'vitest';
import { runProgram } from './fixtures/run-program.js';
import { bindCLibrary } from './index.js';
import { canMapSegments } from './segment-words.js';

test('functions of the C library, where there are any', () => {
  const calls = bindCLibrary((library) => ({
    getpid: library.func('int getpid()'),
    close: library.func('int close(int fd)'),
    errno: () => library.errno(),
  }));
  expect(calls !== undefined).toBe(canMapSegments());
  if (calls === undefined) return;
  expect(calls.getpid()).toBe(process.pid);
  expect([calls.close(-1), calls.errno()]).toEqual([-1, 9]);
});

test('undefined if one of them is missing', () => {
  expect(bindCLibrary((library) => library.func('int no_such_function()'))).toBeUndefined();
});

test('threads that are ended while they load it take nobody along', async () => {
  const { out, errors, end } = await runProgram(`
    const body = "import('@interleave/memory').then((memory) => memory.bindCLibrary((library) => library.func('int getpid()')))";
    for (let round = 0; round < 5; round++) {
      const workers = [1, 2, 3].map(() => new Worker(body, { eval: true }));
      await Promise.all(workers.map((worker) => once(worker, 'online')));
      await Promise.all(workers.map((worker) => worker.terminate()));
    }
    console.log('here');
  `);
  expect({ out, errors, end }).toEqual({ out: 'here\n', errors: '', end: 0 });
});
