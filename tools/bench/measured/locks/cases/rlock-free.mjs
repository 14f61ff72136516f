// The same with a lock that its owner may enter again. Nanoseconds.
import { nanoseconds } from '../time.mjs';

export const measure = async (contender, kind) => {
  const lock = contender.rlock(kind);
  const batch = (times) => {
    for (let time = 0; time < times; time += 1) {
      lock.acquireSync();
      lock.release();
    }
  };
  return { value: await nanoseconds(200_000, batch) };
};
