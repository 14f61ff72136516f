import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { captureTask } from '../capture-task.js';

test('what was captured is not held after the turn, however few there were', async () => {
  const capture = (): WeakRef<object>[] => {
    const held = { big: [1, 2, 3] };
    const fn = (): unknown => held;
    captureTask(fn, 'thread');
    return [new WeakRef(held), new WeakRef(fn)];
  };
  const references = capture();
  await vi.waitFor(async () => {
    await turnOfTheLoop();
    globalThis.gc?.();
    // A value in the message would be held by it.
    expect(references.every((reference) => reference.deref() === undefined)).toBe(true);
  });
});
