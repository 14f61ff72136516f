// A mebibyte there and back without a copy: ownership moves. Gigabytes a second, both ways counted.
export const measure = async (contender, kind) => {
  const pool = await contender.open({ kind, workers: 2 });
  const lane = async (count) => {
    let buffer = new ArrayBuffer(1 << 20);
    for (let at = 0; at < count; at += 1) {
      const back = await pool.call('echo', buffer, [buffer]);
      if (buffer.byteLength !== 0 || back.byteLength !== 1 << 20) throw new Error('not moved');
      buffer = back;
    }
  };
  await Promise.all([lane(2_000), lane(2_000), lane(2_000), lane(2_000)]);
  const start = performance.now();
  await Promise.all([lane(5_000), lane(5_000), lane(5_000), lane(5_000)]);
  const elapsed = performance.now() - start;
  await pool.close();
  return { value: (2 * 20_000 * (1 << 20)) / elapsed / 1e6 };
};
