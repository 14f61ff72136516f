// 10,000 tasks that close over two helpers, submitted in a loop, beside as many that close over nothing: the ratio of
// their times.
const rate = 1.19;
const round = (value) => Math.round(value * 100) / 100;
const gross = (net) => round(net * rate);
const label = (value) => `${value} EUR`;

export const measure = async (contender, kind) => {
  const pool = await contender.open({ kind, workers: 2 });
  const plain = (net) => `${Math.round(net * 1.19 * 100) / 100} EUR`;
  const closure = (net) => label(gross(net));
  const time = async (fn) => {
    const start = performance.now();
    const all = [];
    for (let at = 0; at < 10_000; at += 1) all.push(pool.submit(fn, at));
    const values = await Promise.all(all);
    if (values[100] !== '119 EUR') throw new Error(`wrong result: ${values[100]}`);
    return performance.now() - start;
  };
  const ratios = [];
  for (let round = 0; round < 9; round += 1) {
    const first = await time(plain);
    ratios.push((await time(closure)) / first);
  }
  ratios.sort((a, b) => a - b);
  await pool.close();
  return { value: ratios[4] };
};
