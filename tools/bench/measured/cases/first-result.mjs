// From nothing to the first result of two tasks, two workers; the library is loaded already. Milliseconds.
export const measure = async (contender, kind) => {
  const start = performance.now();
  const pool = await contender.open({ kind, workers: 2 });
  const both = [pool.call('noop', 1), pool.call('noop', 2)];
  await Promise.race(both);
  const elapsed = performance.now() - start;
  await Promise.all(both);
  await pool.close();
  return { value: elapsed };
};
