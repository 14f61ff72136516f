// A million numbers through `map`, a hundred to a chunk. Items a second.
export const measure = async (contender, kind) => {
  const items = Array.from({ length: 1_000_000 }, (_, at) => at);
  const pool = await contender.open({ kind, workers: 2 });
  const rates = [];
  for (let round = 0; round < 3; round += 1) {
    const start = performance.now();
    const results = await pool.map((n) => n + 1, items, 100);
    rates.push(items.length / (performance.now() - start));
    if (results.length !== items.length || results.at(-1) !== 1_000_000) throw new Error('wrong result');
  }
  await pool.close();
  return { value: Math.max(...rates) * 1000 };
};
