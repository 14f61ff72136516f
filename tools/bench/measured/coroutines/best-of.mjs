/** The best of some rounds in one process, after two to warm up: events a second. */
export const bestRate = async (count, rounds, body) => {
  let best = 0;
  for (let round = -2; round < rounds; round += 1) {
    const start = performance.now();
    await body();
    const rate = count / ((performance.now() - start) / 1000);
    if (round >= 0) best = Math.max(best, rate);
  }
  return best;
};
