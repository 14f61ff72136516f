/** A hundred thousand delays of 0 to 1,000 ms, the same on every run. */
const drawDelays = () => {
  let state = 12_345;
  return Float64Array.from({ length: 100_000 }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return (state / 2_147_483_647) * 1_000;
  });
};

/** How late each of as many sleeps of tasks, or timers, was, the least first. */
export const lateness = async (contender, call) => {
  const delays = drawDelays();
  const late = new Float64Array(delays.length);
  let seen = 0;
  await contender[call](delays, (ms) => (late[seen++] = ms));
  if (seen !== delays.length) throw new Error(`${seen} woke`);
  return late.sort();
};

/** The processor time that they take, in milliseconds: nobody looks at a clock meanwhile, or has a function of its own for it. */
export const processorTime = async (contender, call) => {
  const delays = drawDelays();
  const before = process.cpuUsage();
  await contender[call](delays);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
};
