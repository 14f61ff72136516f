// A hundred thousand tasks that do nothing, and one that waits for each of them. A second.
import { bestRate } from '../best-of.mjs';

const COUNT = 100_000;

export const measure = async (contender) => ({
  value: await bestRate(COUNT, 5, async () => {
    const sum = await contender.spawnJoin(COUNT);
    if (sum !== COUNT) throw new Error(`the tasks gave ${sum}`);
  }),
});
