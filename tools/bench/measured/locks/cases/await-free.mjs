// An asynchronous lock that nobody else wants: take it, give it back. Nanoseconds for both together.
import { nanoseconds } from '../time.mjs';

export const measure = async (contender) => {
  const section = contender.section();
  return { value: await nanoseconds(100_000, section.again) };
};
