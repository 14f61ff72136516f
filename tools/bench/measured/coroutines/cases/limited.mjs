// A hundred thousand tasks of one turn each, at most ten at a time. Tasks a second.
import { bestRate } from '../best-of.mjs';

const COUNT = 100_000;

export const measure = async (contender) => ({
  value: await bestRate(COUNT, 5, async () => {
    const done = await contender.limited(COUNT, 10);
    if (done !== COUNT) throw new Error(`${done} were done`);
  }),
});
