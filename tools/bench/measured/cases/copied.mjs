// A mebibyte there and back as a copy, four under way at a time. Gigabytes a second, both ways counted.
export const measure = async (contender, kind) => {
  const pool = await contender.open({ kind, workers: 2, bytes: true });
  const bytes = new Uint8Array(1 << 20).fill(7);
  const lane = async (count) => {
    for (let at = 0; at < count; at += 1) {
      const back = await pool.call('echo', bytes);
      if (back.length !== bytes.length || back[5] !== 7) throw new Error('wrong result');
    }
  };
  await Promise.all([lane(50), lane(50), lane(50), lane(50)]);
  const start = performance.now();
  await Promise.all([lane(100), lane(100), lane(100), lane(100)]);
  const elapsed = performance.now() - start;
  await pool.close();
  return { value: (2 * 400 * bytes.length) / elapsed / 1e6 };
};
