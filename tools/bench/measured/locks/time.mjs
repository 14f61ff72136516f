/**
 * Nanoseconds of one operation: the best of nine batches, since whatever else runs on the machine only adds to the time.
 *
 * @param batch - does the operation so many times; may be async
 */
export async function nanoseconds(times, batch) {
  await batch(times);
  let best = Infinity;
  for (let round = 0; round < 9; round += 1) {
    const start = performance.now();
    await batch(times);
    best = Math.min(best, ((performance.now() - start) * 1e6) / times);
  }
  return best;
}

/** The value that half of them stay below, and the one that 99 of 100 do. */
export function percentiles(values) {
  const sorted = values.sort((one, other) => one - other);
  return { value: sorted[Math.floor(sorted.length / 2)], p99: sorted[Math.floor(sorted.length * 0.99)] };
}
