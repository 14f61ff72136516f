// A hundred tasks that sleep a second, again and again, for an hour of a virtual clock. Milliseconds.
export const measure = async (contender) => {
  const start = performance.now();
  const ticks = await contender.virtualHour(100);
  if (ticks !== 360_000) throw new Error(`${ticks} ticks`);
  return { value: performance.now() - start };
};
