// 5,000 tasks that keep a processor busy for 100 microseconds, all at once: which share of two processors works.
export const measure = async (contender, kind) => {
  const count = Math.min(5_000, contender.mostAtOnce ?? Infinity);
  const pool = await contender.open({ kind, workers: 2 });
  // Before, until the machine code of all of them is ready: some have more of it.
  for (let round = 0; round < 4; round += 1)
    await Promise.all(Array.from({ length: count }, () => pool.call('burn', 100)));
  const start = performance.now();
  await Promise.all(Array.from({ length: count }, () => pool.call('burn', 100)));
  const elapsed = performance.now() - start;
  await pool.close();
  return { value: (count * 0.1) / 2 / elapsed };
};
