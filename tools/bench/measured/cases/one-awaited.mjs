// One task at a time, each awaited before the next: the way there and back when somebody waits. Microseconds.
export const measure = async (contender, kind) => {
  const pool = await contender.open({ kind, workers: 2 });
  for (let at = 0; at < 2_000; at += 1) await pool.call('noop', at);
  const times = [];
  for (let at = 0; at < 10_000; at += 1) {
    const start = performance.now();
    await pool.call('noop', at);
    times.push((performance.now() - start) * 1000);
  }
  times.sort((a, b) => a - b);
  await pool.close();
  return { value: times[5_000], p99: times[9_900] };
};
