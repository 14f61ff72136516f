/**
 * A hundred thousand sleeps of tasks, or timers, of 0 to 1,000 ms, the same on every run: how late each was, and the
 * processor time of all.
 */
export const sleeps = async (contender, call = 'sleeps') => {
  let state = 12_345;
  const delays = Float64Array.from({ length: 100_000 }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return (state / 2_147_483_647) * 1_000;
  });
  const late = new Float64Array(delays.length);
  let seen = 0;
  const before = process.cpuUsage();
  await contender[call](delays, (ms) => (late[seen++] = ms));
  const { user, system } = process.cpuUsage(before);
  if (seen !== delays.length) throw new Error(`${seen} woke`);
  return { late: late.sort(), processor: (user + system) / 1_000 };
};
