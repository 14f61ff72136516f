// 50,000 tasks that do nothing, all at once: what the way there and back costs when nobody waits.
export const measure = async (contender, kind) => {
  const count = Math.min(50_000, contender.mostAtOnce ?? Infinity);
  const pool = await contender.open({ kind, workers: 2 });
  await flood(pool, Math.min(5_000, count));
  const rates = [];
  for (let round = 0; round < 3; round += 1) {
    const start = performance.now();
    await flood(pool, count);
    rates.push(count / (performance.now() - start));
  }
  await pool.close();
  return { value: Math.max(...rates) * 1000 };
};

async function flood(pool, count) {
  const all = new Array(count);
  for (let at = 0; at < count; at += 1) all[at] = pool.call('noop', at);
  const values = await Promise.all(all);
  if (values[count - 1] !== count - 1) throw new Error('wrong result');
}
