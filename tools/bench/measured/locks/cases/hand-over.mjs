// A turn that goes to the other side and comes back, both blocked while it is not theirs. Microseconds there and back.
import { startOther } from '../sides.mjs';
import { percentiles } from '../time.mjs';

const TIMES = 5_000;
const WARM = 1_000;

export const measure = async (contender, kind) => {
  const [there, back] = [contender.turn(kind), contender.turn(kind)];
  await startOther('hand-over', contender, kind, [there, back]);
  const times = [];
  for (let time = 0; time < WARM + TIMES; time += 1) {
    const start = performance.now();
    contender.pass(there);
    contender.take(back);
    if (time >= WARM) times.push((performance.now() - start) * 1e3);
  }
  return percentiles(times);
};

export const there = (contender, _, mine, theirs) => {
  for (let time = 0; time < WARM + TIMES; time += 1) {
    contender.take(mine);
    contender.pass(theirs);
  }
};
