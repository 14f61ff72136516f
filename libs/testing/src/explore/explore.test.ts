import { InterleaveError } from '@interleave/core';
import { checkMayBlock, openWords, type Words } from '@interleave/memory';
import { moduleTask } from '@interleave/transfer';
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { expectNothingLeft } from '../expect-nothing-left.js';
import { FutexLock } from '../fixtures/primitives.js';
import { counting } from '../fixtures/scenarios.js';
import { explore } from './explore.js';

const deposit = (words: Words): void => {
  const balance = words.load(0);
  words.store(0, balance + 100);
};
const bank = {
  threads: [deposit, deposit],
  words: ['balance'],
  invariant: (words: Words) => words.load(0) === 200,
};

test('a lost update: of all 6 orders 4 are wrong', async () => {
  const found = await expectNothingLeft(() => explore(bank));
  expect([found.executions, found.exhausted, found.failed]).toEqual([6, true, 4]);
  expect(found.failures[0]).toMatchObject({ kind: 'invariant', execution: 2, choices: '01' });
  expect(String(found)).toBe('Exploration: 6 schedules, all with at most 2 preemptions; 4 failed');
});

test('outcomes are counted, one for each schedule', async () => {
  const found = await explore({ ...bank, outcome: (words) => words.load(0) });
  expect(Object.fromEntries(found.outcomes)).toEqual({ 100: 4, 200: 2 });
});

test('a failure prints as a table', async () => {
  const found = await explore(bank);
  expect(inspect(found).split('\n')).toEqual([
    'Exploration: 6 schedules, all with at most 2 preemptions; 4 failed',
    '',
    'invariant in execution 2: the invariant does not hold',
    'step  thread       operation            change',
    '   0  deposit 0    load(balance) = 0',
    '   1  deposit 1 *  load(balance) = 0',
    '   2  deposit 1    store(balance, 100)  balance: 0 -> 100',
    '   3  deposit 0    store(balance, 100)',
    '* takes over from a thread that could have gone on',
    "replay: '01'",
  ]);
});

test('a failure is a picture, which no text can leave', async () => {
  const found = await explore({ ...bank, words: ['<b>&'], setup: (words) => words.store(0, 7) });
  const svg = found.failures[0]?.toSvg({ theme: 'light' }) ?? '';
  expect(svg).toMatch(/^<svg .*<\/svg>$/s);
  expect(svg).toContain('load(&lt;b&gt;&amp;) = 7');
  expect(svg).not.toContain('<b>');
  expect(svg.match(/<rect class="h/g)).toHaveLength(4);
});

test('a failure is replayed by its choices', async () => {
  const [failure] = (await explore(counting(2, 1, 'forgets the contended mark'))).failures;
  const again = await explore({ ...counting(2, 1, 'forgets the contended mark'), replay: failure?.choices ?? '' });
  expect([again.executions, again.failed, again.exhausted]).toEqual([1, 1, false]);
  expect(again.failures[0]?.trace).toEqual(failure?.trace);
  expect((await explore({ ...bank, replay: '00' })).failed).toBe(0);
  await expect(explore({ ...bank, replay: '05' })).rejects.toThrow('it names thread "5", there are 2, from 0');
});

test('two locks in different orders: a deadlock, and who sleeps where', async () => {
  const take = (words: Words, me: number): void => {
    const locks = [new FutexLock(words, me), new FutexLock(words, 1 - me)];
    for (const lock of locks) lock.acquire();
    for (const lock of locks) lock.release();
  };
  const found = await explore({ threads: [take, take], words: ['left', 'right'] });
  expect(found.failures[0]?.kind).toBe('deadlock');
  expect(found.failures[0]?.message).toMatch(
    /^take 0 sleeps on right, take 1 sleeps on left, and nobody|^take 1 sleeps on left, take 0 sleeps on right, and nobody/,
  );
});

test('a thread that spins until another has written is no livelock', async () => {
  const set = (words: Words): void => words.store(0, 1);
  const spin = (words: Words): void => {
    while (words.load(0) === 0);
  };
  const found = await explore({ threads: [spin, set], words: 1 });
  expect([found.exhausted, found.failed]).toEqual([true, 0]);
});

test('threads that turn in circles, or never end, are a livelock', async () => {
  const spin = (words: Words): void => {
    while (words.load(0) === 0);
  };
  const circles = await explore({ threads: [spin, spin], words: 1, bound: 0 });
  expect(circles.failures[0]).toMatchObject({
    kind: 'livelock',
    message: 'spin 0, spin 1 turn in circles, and nothing changes',
  });
  const toggle = (words: Words): void => {
    for (;;) words.add(0, 1);
  };
  const endless = await explore({ threads: [toggle], words: 1, maxSteps: 300 });
  expect(endless.failures[0]).toMatchObject({ kind: 'livelock', message: 'no end after 300 steps' });
  expect(endless.failures[0]?.toText()).toContain('... 181 steps');
  expect(endless.failures[0]?.toSvg()).toContain('... 220 steps');
});

test('what a thread throws, and what it returns', async () => {
  const bad = (): never => {
    throw new RangeError('no such page');
  };
  const found = await explore({ threads: [bad, deposit], words: 1 });
  expect(found.failures[0]).toMatchObject({ kind: 'error', message: 'bad threw RangeError: no such page' });
  const list = (words: Words, me: number): object => ({
    me,
    self: words.self(),
    same: openWords(words.handle()).length,
  });
  const seen: unknown[] = [];
  await explore({ threads: [list, list], words: 3, bound: 0, invariant: (_, { results }) => seen.push(results) });
  expect(seen[0]).toEqual([
    { me: 0, self: 1, same: 3 },
    { me: 1, self: 2, same: 3 },
  ]);
});

test('code that catches everything, and acts on words in a finally block, is unwound all the same', async () => {
  const stubborn = (words: Words): void => {
    checkMayBlock('wait()', 'await wait()');
    for (let tries = 0; tries < 3; tries++) {
      try {
        words.wait(0, 0);
      } catch {
        tries += 1;
      } finally {
        words.add(1, 1);
      }
    }
  };
  const found = await explore({ threads: [stubborn, stubborn], words: 2 });
  expect(found.failures[0]).toMatchObject({ kind: 'deadlock', end: [0, 0] });
});

test('an invariant says by an error what is wrong', async () => {
  const found = await explore({
    ...bank,
    invariant: (words) => {
      expect(words.load(0)).toBe(200);
    },
  });
  expect(found.failures[0]?.message).toContain('expected 100 to be 200');
});

test('functions that keep something outside are found out', async () => {
  let runs = 0;
  const count = (words: Words): void => {
    runs += 1;
    if (runs % 2 === 0) words.load(0);
    words.store(0, runs);
  };
  const exploring = expectNothingLeft(() => explore({ threads: [count, count], words: 1 }));
  await expect(exploring).rejects.toMatchObject({ code: 'ERR_NOT_DETERMINISTIC' });
});

test('a function that ends its thread is named, and nothing is left', async () => {
  const leave = (): void => process.exit(3);
  const exploring = expectNothingLeft(() => explore({ threads: [deposit, leave], words: 1 }));
  await expect(exploring).rejects.toThrow('leave has ended with exit code 3');
});

test('a function that computes for ever is named, and nothing is left', async () => {
  const compute = (words: Words): void => {
    words.load(0);
    for (;;);
  };
  const exploring = expectNothingLeft(() => explore({ threads: [deposit, compute], words: 1, patience: 200 }));
  await expect(exploring).rejects.toMatchObject({
    code: 'ERR_EXPLORED_THREAD_HANGS',
    message: expect.stringContaining('compute has made no operation on a word for 0.2 s'),
  });
});

test('the event loop is free while the threads run', async () => {
  let turns = 0;
  const turning = setInterval(() => (turns += 1), 1);
  await explore({ ...counting(3, 1), bound: 2 });
  clearInterval(turning);
  expect(turns).toBeGreaterThan(0);
});

test('a function that cannot be rebuilt in its thread says so, and nothing is left', async () => {
  const nowhere = moduleTask<{ deposit: typeof deposit }, 'deposit'>(
    new URL('./no-such-module.mjs', import.meta.url),
    'deposit',
  );
  const exploring = expectNothingLeft(() => explore({ threads: [deposit, nowhere], words: 1 }));
  await expect(exploring).rejects.toThrow('no-such-module');
});

test('an aborted signal ends it, and nothing is left', async () => {
  const aborting = new AbortController();
  const exploring = expectNothingLeft(() =>
    explore({ ...counting(4, 2), bound: 4, signal: aborting.signal, invariant: () => aborting.abort() }),
  );
  await expect(exploring).rejects.toThrow(InterleaveError);
});

test('a limit stops the search, and it says so', async () => {
  const found = await explore({ ...counting(3, 1), limit: 7 });
  expect([found.executions, found.exhausted]).toEqual([7, false]);
  expect(String(found)).toContain('7 schedules, not all with at most 2 preemptions');
});

test('options that are none', async () => {
  const wrong = (options: object): Promise<unknown> => explore({ ...bank, ...options });
  await expect(wrong({ threads: [] })).rejects.toThrow(RangeError);
  await expect(wrong({ threads: [1] })).rejects.toThrow(TypeError);
  for (const bound of [-1, 1.5, NaN]) await expect(wrong({ bound })).rejects.toThrow(RangeError);
  for (const words of [0, []]) await expect(wrong({ words })).rejects.toThrow(RangeError);
  await expect(wrong({ search: 'luck' })).rejects.toThrow('Cannot search "luck"');
  await expect(wrong({ invariant: async () => true })).rejects.toThrow('returns a promise');
});
