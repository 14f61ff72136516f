/** Whether a thread is in the set. */
export function has(threads: number, thread: number): boolean {
  return ((threads >> thread) & 1) === 1;
}

/** The lowest thread of a set that has one. */
export function lowest(threads: number): number {
  return 31 - Math.clz32(threads & -threads);
}

/** How many threads a set has. */
export function size(threads: number): number {
  let count = 0;
  for (let left = threads; left !== 0; left &= left - 1) count += 1;
  return count;
}
