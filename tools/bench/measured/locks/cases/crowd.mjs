// 100,000 coroutines that all wait for one lock, which is then given back. Microseconds for each of them.
const WAITERS = 100_000;

export const measure = async (contender) => {
  await crowd(contender, 1_000);
  let best = Infinity;
  for (let round = 0; round < 3; round += 1) {
    const start = performance.now();
    await crowd(contender, WAITERS);
    best = Math.min(best, ((performance.now() - start) * 1e3) / WAITERS);
  }
  return { value: best };
};

async function crowd(contender, waiters) {
  const section = contender.section();
  let open;
  const first = section.run(() => new Promise((resolve) => (open = resolve)));
  let done = 0;
  const all = Array.from({ length: waiters }, () => section.run(() => void (done += 1)));
  // Everybody stands in line before the door opens.
  await new Promise(setImmediate);
  if (done !== 0) throw new Error('Somebody got in');
  open();
  await Promise.all([first, ...all]);
  if (done !== waiters) throw new Error(`${done} of ${waiters} got in`);
}
