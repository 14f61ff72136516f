// An object of 1 KiB there and back, 10,000 of them at once. Megabytes a second, both ways counted.
const make = (id) => ({
  id,
  name: `order ${id}`,
  tags: ['new', 'paid', 'express'],
  address: { street: 'Long Lane 12', city: 'Springfield', zip: '12345', country: 'XX' },
  lines: Array.from({ length: 12 }, (_, at) => ({ sku: `sku-${at}-${id % 100}`, amount: at, price: at * 1.25 })),
  note: 'x'.repeat(180),
});

export const measure = async (contender, kind) => {
  const count = Math.min(10_000, contender.mostAtOnce ?? Infinity);
  const values = Array.from({ length: count }, (_, id) => make(id));
  const size = JSON.stringify(values[0]).length;
  const pool = await contender.open({ kind, workers: 2 });
  for (let round = 0; round < 2; round += 1) await Promise.all(values.map((value) => pool.call('echo', value)));
  const start = performance.now();
  const back = await Promise.all(values.map((value) => pool.call('echo', value)));
  const elapsed = performance.now() - start;
  if (back.at(-1).id !== count - 1 || back[0] === values[0]) throw new Error('wrong result');
  await pool.close();
  return { value: (2 * count * size) / elapsed / 1000, size };
};
