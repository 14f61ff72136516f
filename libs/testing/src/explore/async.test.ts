import type { Words } from '@interleave/memory';
import { expect, test } from 'vitest';
import { FutexLock } from '../fixtures/primitives.js';
import type { ExploreOptions } from './explore-options.js';
import { explore } from './explore.js';

const acquire = async (words: Words): Promise<void> => {
  let seen = words.compareExchange(0, 0, 1);
  if (seen !== 0 && seen !== 2) seen = words.exchange(0, 2);
  while (seen !== 0) {
    await words.waitAsync(0, 2);
    seen = words.exchange(0, 2);
  }
};
const count = async (words: Words): Promise<void> => {
  await acquire(words);
  words.store(1, words.load(1) + 1);
  new FutexLock(words, 0).release();
};
const countSync = (words: Words): void => {
  const lock = new FutexLock(words, 0);
  lock.acquire();
  words.store(1, words.load(1) + 1);
  lock.release();
};

test('threads that wait on their event loops have the same orders as threads that block', async () => {
  const invariant = (words: Words): boolean => words.load(1) === 2 && words.load(0) === 0;
  for (const threads of [
    [count, count],
    [count, countSync],
    [countSync, countSync],
  ]) {
    for (const [bound, executions] of [2, 8, 20, 44].entries()) {
      const found = await explore({ threads, words: ['lock', 'count'], bound, invariant });
      expect([found.executions, found.failures]).toEqual([executions, []]);
    }
  }
});

test('tasks of one thread wait side by side, and are woken in the order they came', async () => {
  const wait = async (words: Words): Promise<string> => {
    const seen: string[] = [];
    const task = async (name: string): Promise<void> => {
      seen.push(`${name} ${await words.waitAsync(0, 0)}`);
    };
    const both = Promise.all([task('a'), task('b')]);
    words.store(1, 1);
    await both;
    return seen.join();
  };
  const wake = (words: Words): void => {
    while (words.load(1) === 0);
    words.notify(0, 1);
    words.notify(0, 1);
  };
  const found = await explore({
    threads: [wait, wake],
    words: 2,
    outcome: (_, { results }) => String(results[0]),
  });
  expect([found.failed, [...found.outcomes.keys()]]).toEqual([0, ['a ok,b ok']]);
});

test('tasks of one thread that were woken pass each other, if that is asked for', async () => {
  const wait = async (words: Words): Promise<string> => {
    const seen: string[] = [];
    const task = async (name: string): Promise<void> => {
      await words.waitAsync(0, 0);
      seen.push(name);
    };
    const all = Promise.all([task('a'), task('b'), task('c')]);
    words.store(1, 1);
    await all;
    return seen.join('');
  };
  const wake = (words: Words): void => {
    while (words.load(1) === 0);
    words.notify(0);
  };
  const outcome = (_: Words, { results }: { readonly results: readonly unknown[] }): string => String(results[0]);
  const orders = async (options: Partial<ExploreOptions>): Promise<readonly string[]> => {
    const found = await explore({ threads: [wait, wake], words: 2, outcome, reorderTasks: true, ...options });
    expect(found.failed).toBe(0);
    return [...found.outcomes.keys()].sort();
  };
  expect(await orders({ bound: 0 })).toEqual(['abc']);
  expect(await orders({ bound: 1 })).toEqual(['abc', 'acb', 'bca']);
  const all = ['abc', 'acb', 'bac', 'bca', 'cab', 'cba'];
  expect(await orders({ bound: 3 })).toEqual(all);
  expect(await orders({ bound: 3, reduce: true })).toEqual(all);
  expect(await orders({ search: 'random', runs: 300 })).toEqual(all);
  const found = await explore({
    threads: [wait, wake],
    words: 2,
    reorderTasks: true,
    invariant: (_, { results }) => results[0] !== 'cab',
  });
  const [failure] = found.failures;
  expect(failure?.choices).toContain('^0');
  expect(failure?.toText()).toContain('lets the next task pass');
  const again = await explore({
    threads: [wait, wake],
    words: 2,
    reorderTasks: true,
    replay: failure?.choices ?? '',
    outcome,
  });
  expect([...again.outcomes.keys()]).toEqual(['cab']);
});

test('a wait that is called off takes no wake-up from the next', async () => {
  const wait = async (words: Words): Promise<string> => {
    const aborting = new AbortController();
    const first = words.waitAsync(0, 0, { signal: aborting.signal });
    const second = words.waitAsync(0, 0);
    words.store(1, 1);
    words.load(2);
    aborting.abort();
    return `${await first} ${await second}`;
  };
  const wake = (words: Words): void => {
    while (words.load(1) === 0);
    words.notify(0, 1);
  };
  const found = await explore({
    threads: [wait, wake],
    words: 3,
    outcome: (_, { results }) => String(results[0]),
  });
  expect([found.exhausted, found.failed, [...found.outcomes.keys()]]).toEqual([true, 0, ['timed-out ok']]);
});

test('an asynchronous wait runs out of virtual time, or never begins', async () => {
  const nap = async (words: Words): Promise<unknown> => {
    const aborted = { signal: AbortSignal.abort() };
    const atOnce = [words.waitAsync(0, 1), words.waitAsync(0, 0, { timeout: 0 }), words.waitAsync(0, 0, aborted)];
    return [...atOnce, await words.waitAsync(0, 0, { timeout: 60_000 }), words.now()];
  };
  const found = await explore({ threads: [nap], words: 1, outcome: (_, { results }) => JSON.stringify(results[0]) });
  expect([...found.outcomes.keys()]).toEqual(['["not-equal","timed-out","timed-out","timed-out",60000]']);
});

test('deadlock, error, kill: as in threads that block', async () => {
  const sleep = async (words: Words): Promise<unknown> => words.waitAsync(0, 0);
  const never = (): Promise<void> => new Promise(() => {});
  const found = await explore({ threads: [sleep, never], words: ['bell'] });
  expect(found.failures[0]).toMatchObject({
    kind: 'deadlock',
    message: 'sleep sleeps on bell, never awaits something else than a word, and nobody is left to wake them',
  });
  const bad = async (words: Words): Promise<void> => {
    words.load(0);
    await Promise.resolve();
    throw new RangeError('no such page');
  };
  expect((await explore({ threads: [bad], words: 1 })).failures[0]?.message).toBe('bad threw RangeError: no such page');
  const killed = await explore({ threads: [count, count], words: 2, crashes: 1 });
  expect(killed.failures[0]?.message).toContain('killed');
});

test('what a task leaves behind does not reach into the next execution', async () => {
  const leave = async (words: Words): Promise<void> => {
    void (async () => {
      await words.waitAsync(0, 0);
      words.add(1, 1);
    })();
    await words.waitAsync(0, 0, { timeout: 5 });
  };
  const found = await explore({ threads: [leave, leave], words: 2, invariant: (words) => words.load(1) === 0 });
  expect([found.exhausted, found.failed]).toEqual([true, 0]);
});
