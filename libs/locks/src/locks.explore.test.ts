/** Every order of small scenes with the locks as they are shipped, within a bound of preemptions. */
import { explore, type ExploreOptions } from '@interleave/testing';
import { describe, expect, test } from 'vitest';
import { Condition } from './condition.js';
import {
  countAndTellAll,
  givePermits,
  meet,
  meetTwice,
  takePermit,
  tryLock,
  waitForCount,
  withLock,
  withLockInTime,
  withLockTwice,
  withPermit,
  withRLock,
} from './fixtures/scenarios.mjs';
import { Lock } from './lock.js';
import { Semaphore } from './semaphore.js';

type Invariant = NonNullable<ExploreOptions['invariant']>;

/** The word that the scenes count in. */
const COUNT = 0;
const lockWords = 1 + Lock.wordCount;
const counts =
  (expected: number): Invariant =>
  (words) =>
    words.load(COUNT) === expected;

/** Explores, and expects that all schedules were tried and none failed. Returns how many there were. */
async function safe(options: ExploreOptions): Promise<number> {
  const { failures, exhausted, executions } = await explore(options);
  expect(failures.map((failure) => failure.toText())).toEqual([]);
  expect(exhausted).toBe(true);
  return executions;
}

const twins = <T>(thread: T, count = 2): T[] => Array.from({ length: count }, () => thread);

describe('Lock', () => {
  test('LCK-04 two threads exclude each other, three preemptions', async () => {
    const executions = await safe({ threads: twins(withLock), words: lockWords, bound: 3, invariant: counts(2) });
    expect(executions).toBe(11_350);
  });

  test('LCK-04 twice each, and three threads, two preemptions', async () => {
    await safe({ threads: twins(withLockTwice), words: lockWords, bound: 2, invariant: counts(4) });
    await safe({ threads: twins(withLock, 3), words: lockWords, bound: 2, invariant: counts(3) });
  });

  test('LCK-07 F24 a wait that runs out of time leaves the line, and nothing is lost', async () => {
    const invariant: Invariant = (words, { results }) => words.load(COUNT) === 1 + (results[0] as number);
    await safe({ threads: [withLockInTime, withLock], words: lockWords, bound: 2, invariant });
  });

  test('LCK-02 LCK-03 who only tries never waits and never breaks in', async () => {
    const invariant: Invariant = (words, { results }) => words.load(COUNT) === 1 + (results[0] as number);
    await safe({ threads: [tryLock, withLock], words: lockWords, bound: 3, invariant });
  });

  test('F22 a thread that dies anywhere leaves nobody waiting', async () => {
    await safe({ threads: twins(withLock), words: lockWords, bound: 1, crashes: 1 });
  });
});

describe('RLock', () => {
  test('RLK-01 two threads that enter twice exclude each other', async () => {
    await safe({ threads: twins(withRLock), words: lockWords, bound: 2, invariant: counts(2) });
  });

  test('F22 a thread that dies inside leaves nobody waiting', async () => {
    await safe({ threads: twins(withRLock), words: lockWords, bound: 1, crashes: 1 });
  });
});

describe('Semaphore', () => {
  const words = 1 + Semaphore.wordCount;

  test('SEM-02 one permit is for one at a time', async () => {
    const setup: NonNullable<ExploreOptions['setup']> = (shared) => void new Semaphore(1, { words: shared, at: 1 });
    await safe({ threads: twins(withPermit), words, setup, bound: 3, invariant: counts(2) });
    await safe({ threads: twins(withPermit, 3), words, setup, bound: 2, invariant: counts(3) });
  });

  test('SEM-03 two permits that are given let two in', async () => {
    await safe({ threads: [takePermit, takePermit, givePermits], words, bound: 1, invariant: counts(2) });
  });
});

describe('Condition', () => {
  const words = lockWords + Condition.wordCount;

  test('CND-05 nobody misses the sign', async () => {
    await safe({ threads: [waitForCount, countAndTellAll], words, bound: 2, invariant: counts(1) });
  });

  test('CND-05 nor do two', async () => {
    await safe({ threads: [waitForCount, waitForCount, countAndTellAll], words, bound: 1, invariant: counts(1) });
  });
});

describe('Barrier', () => {
  const indexes: Invariant = (_, { results }) => {
    const rounds = results as readonly (number | readonly number[])[];
    const each = rounds.map((round) => (typeof round === 'number' ? [round] : round));
    return each[0]!.every((index, round) => index + each[1]![round]! === 1);
  };

  test('BAR-01 two parties meet, each with an index of its own', async () => {
    await safe({ threads: twins(meet), words: 4, bound: 3, invariant: indexes });
  });

  test('BAR-01 and once more', async () => {
    await safe({ threads: twins(meetTwice), words: 4, bound: 2, invariant: indexes });
  });
});
