// What a lock that nobody uses takes of memory that can be shared. Bytes.
const COUNT = 20_000;

export const measure = async (contender) => {
  contender.idle();
  const before = process.memoryUsage().arrayBuffers;
  const locks = Array.from({ length: COUNT }, () => contender.idle());
  return { value: (process.memoryUsage().arrayBuffers - before) / locks.length };
};
