import type { Words } from '@interleave/memory';
import { expect, test } from 'vitest';
import { FutexLock, Ring, type RingMutant } from '../fixtures/primitives.js';
import { explore } from './explore.js';
import type { Cells } from './watched-cells.js';

const touch = (_words: Words, _me: number, cells: Cells): void => {
  cells[0] = (cells[0] ?? 0) + 1;
};
const look = (_words: Words, _me: number, cells: Cells): number => cells[0] ?? 0;

test('two that write the same cell race, though the sum is right', async () => {
  const found = await explore({ threads: [touch, touch], words: 1, cells: 1 });
  expect(found.failures[0]).toMatchObject({
    kind: 'race',
    message: 'touch 0 wrote cell 0 after step 0, touch 1 reads it now, and nothing puts one before the other',
  });
  expect((await explore({ threads: [look, touch], words: 1, cells: 1, bound: 0 })).failed).toBe(2);
});

test('two that read do not race, nor do two cells', async () => {
  const own = (_words: Words, me: number, cells: Cells): void => {
    cells[me] = cells.length;
  };
  const found = await explore({
    threads: [look, look],
    words: 1,
    cells: 1,
    setup: (_, cells) => (cells[0] = 7),
    outcome: (_, { results }) => results.join(),
  });
  expect([found.failed, [...found.outcomes.keys()]]).toEqual([0, ['7,7']]);
  expect((await explore({ threads: [own, own], words: 1, cells: 2 })).failed).toBe(0);
});

test('a lock puts them in order, and the invariant sees the cells', async () => {
  const count = (words: Words, _me: number, cells: Cells): void => {
    const lock = new FutexLock(words, 0);
    lock.acquire();
    cells[0] = (cells[0] ?? 0) + 1;
    lock.release();
  };
  const found = await explore({
    threads: [count, count, count],
    words: ['lock'],
    cells: 1,
    invariant: (_, { cells }) => cells[0] === 3,
  });
  expect([found.exhausted, found.failures]).toEqual([true, []]);
});

test.each([
  [undefined, 0],
  ['counts before it writes', 1],
] as const)('a ring with its item in a cell: %s', async (mutant: RingMutant | undefined, races) => {
  const put = (words: Words, _me: number, cells: Cells): void => {
    const ring = new Ring(words, 0);
    if (mutant !== undefined) ring.put(0);
    cells[0] = 7;
    if (mutant === undefined) ring.put(0);
  };
  const take = (words: Words, _me: number, cells: Cells): number => {
    new Ring(words, 0).take();
    return cells[0] ?? 0;
  };
  const found = await explore({ threads: [put, take], words: ['head', 'tail', 'item'], cells: 1 });
  expect(found.failed > 0).toBe(races > 0);
  expect(found.failures.every(({ kind }) => kind === 'race')).toBe(true);
});

test('a wake-up puts in order, another word does not', async () => {
  const sleep = (words: Words, _me: number, cells: Cells): void => {
    if (words.wait(0, 0) === 'ok') cells[0] = 1;
  };
  const wake = (words: Words, _me: number, cells: Cells): void => {
    cells[0] = 2;
    while (words.notify(0) === 0);
  };
  expect((await explore({ threads: [sleep, wake], words: 2, cells: 1 })).failed).toBe(0);
  const write = (words: Words, _me: number, cells: Cells): void => {
    cells[0] = 2;
    words.store(1, 1);
  };
  const read = (words: Words, _me: number, cells: Cells): void => {
    words.load(0);
    cells[0] = 1;
  };
  expect((await explore({ threads: [write, read], words: 2, cells: 1 })).failures[0]?.kind).toBe('race');
});

test('a cell that there is not, and anything else of an array, is refused', async () => {
  const beyond = (_words: Words, _me: number, cells: Cells): unknown => cells[1];
  const fill = (_words: Words, _me: number, cells: Cells): unknown => (cells as Int32Array).fill(1);
  const message = async (fn: typeof beyond): Promise<string | undefined> =>
    (await explore({ threads: [fn], words: 1, cells: 1 })).failures[0]?.message;
  expect(await message(beyond)).toContain('RangeError: Cannot reach cell 1: there are 1');
  expect(await message(fill)).toContain('Cannot reach cell fill');
});
