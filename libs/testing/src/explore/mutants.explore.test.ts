import { expect, test } from 'vitest';
import { deep, mutants } from '../fixtures/mutants.js';
import { explore } from './explore.js';

test.each(Object.entries(mutants))('caught: %s', async (_, { scenario, kind, execution }) => {
  const found = await explore({ ...scenario, bound: 2, limit: execution, keep: 1 });
  expect(found.failures[0]).toMatchObject({ kind, execution });
});

test('with one preemption less, some of them pass', async () => {
  for (const name of deep) {
    const { scenario } = mutants[name]!;
    expect(await explore({ ...scenario, bound: 1 })).toMatchObject({ exhausted: true, failed: 0 });
  }
});
