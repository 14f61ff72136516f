import { expect, test } from 'vitest';
import { Hold } from './hold.js';

test('gives back once: at the end of the block, or before', async () => {
  let given = 0;
  {
    await using held = new Hold(() => (given += 1));
    expect([given, held instanceof Hold]).toEqual([0, true]);
  }
  expect(given).toBe(1);
  {
    using held = new Hold(() => (given += 1));
    held.release();
    expect(given).toBe(2);
  }
  expect(given).toBe(2);
});
