// An event that a thousand wait for: from `set` until the last of them goes on. Microseconds.
export const measure = async (contender) => {
  let best = Infinity;
  for (let round = 0; round < 50; round += 1) {
    const event = contender.event();
    let woken = 0;
    const all = Array.from({ length: 1_000 }, async () => {
      await event.wait();
      woken += 1;
    });
    await new Promise(setImmediate);
    const start = performance.now();
    event.set();
    await Promise.all(all);
    if (woken !== 1_000) throw new Error(`${woken} of 1,000 were woken`);
    best = Math.min(best, (performance.now() - start) * 1e3);
  }
  return { value: best };
};
