import { expect, test } from 'vitest';
import { asInnerOwner, asNewOwner, currentOwner, isCurrentOwner } from './index.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('an owner stays the same over awaits, and two that run at once are two', async () => {
  const thread = currentOwner();
  const task = async (): Promise<unknown> => {
    const before = currentOwner();
    await turn();
    expect(currentOwner()).toBe(before);
    expect(isCurrentOwner(thread)).toBe(false);
    return before;
  };
  const [first, second] = await Promise.all([asNewOwner(task), asNewOwner(task)]);
  expect(first).not.toBe(second);
  expect(currentOwner()).toBe(thread);
});

test('an inner owner acts for the outer one, not the reverse', async () => {
  const outer = currentOwner();
  const inner = await asInnerOwner(async () => {
    await turn();
    expect(isCurrentOwner(outer)).toBe(true);
    return currentOwner();
  });
  expect(isCurrentOwner(inner)).toBe(false);
});
