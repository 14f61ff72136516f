// Ten tasks that give each other the turn, a hundred thousand times each. Switches a second.
import { bestRate } from '../best-of.mjs';

export const measure = async (contender) => ({
  value: await bestRate(1_000_000, 5, () => contender.switches(10, 100_000)),
});
