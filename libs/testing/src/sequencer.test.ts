import { CancelledError, InvalidStateError } from '@interleave/core';
import { expect, test } from 'vitest';
import { Sequencer } from './sequencer.js';

test('pieces run in their order, whoever comes first, each to its end', async () => {
  const order = new Sequencer();
  const seen: string[] = [];
  const piece = async (position: number): Promise<number> =>
    order.at(position, async () => {
      seen.push(`begin ${position}`);
      await Promise.resolve();
      seen.push(`end ${position}`);
      return position;
    });
  expect(await Promise.all([3, 1, 0, 2].map(piece))).toEqual([3, 1, 0, 2]);
  expect(seen).toEqual([0, 1, 2, 3].flatMap((position) => [`begin ${position}`, `end ${position}`]));
});

test('a lost update, in the order that loses it', async () => {
  const order = new Sequencer();
  let balance = 0;
  const deposit = async (reads: number, writes: number): Promise<void> => {
    const seen = await order.at(reads, () => balance);
    await order.at(writes, () => {
      balance = seen + 100;
    });
  };
  await Promise.all([deposit(0, 2), deposit(1, 3)]);
  expect(balance).toBe(100);
});

test('a piece that fails breaks the order for those that wait, and for those to come', async () => {
  const order = new Sequencer();
  const after = order.at(1);
  const failing = order.at(0, () => Promise.reject(new RangeError('no')));
  await expect(failing).rejects.toThrow(RangeError);
  await expect(after).rejects.toMatchObject({ cause: new RangeError('no') });
  await expect(order.at(2)).rejects.toThrow('Cannot go on in order: position 0 failed');
});

test('an aborted wait breaks the order', async () => {
  const order = new Sequencer();
  const aborting = new AbortController();
  const first = order.at(1, undefined, { signal: aborting.signal });
  const second = order.at(2);
  aborting.abort();
  await expect(first).rejects.toThrow(CancelledError);
  await expect(second).rejects.toThrow(InvalidStateError);
});

test('a position is a whole number, and only one piece has it', async () => {
  const order = new Sequencer();
  await order.at(0);
  await expect(order.at(0)).rejects.toThrow('Cannot run two pieces at position 0');
  for (const position of [-1, 0.5]) await expect(order.at(position)).rejects.toThrow(RangeError);
});
