// A lock that nobody else wants: take it, give it back. Nanoseconds for both together.
import { nanoseconds } from '../time.mjs';

export const measure = async (contender, kind) => {
  const lock = contender.lock(kind);
  const batch = (times) => {
    for (let time = 0; time < times; time += 1) {
      lock.acquireSync();
      lock.release();
    }
  };
  return { value: await nanoseconds(200_000, batch) };
};
