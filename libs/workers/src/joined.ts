import { TimeoutError, within, type WaitOptions } from '@interleave/core';
import { holdProcess } from './hold-process.js';

/**
 * Waits for the end of somebody. Keeps the program alive meanwhile, also where whoever is waited for does not.
 *
 * @internal
 * @param what - what is being waited for, for messages: `Cannot ${what}: ...`
 * @returns whether it has ended; `false` if the time ran out before
 */
export async function joined(end: Promise<void>, what: string, options: WaitOptions = {}): Promise<boolean> {
  const release = holdProcess();
  try {
    await within(end, what, options);
    return true;
  } catch (error) {
    if (error instanceof TimeoutError) return false;
    throw error;
  } finally {
    release();
  }
}
