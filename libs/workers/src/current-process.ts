import { identity } from './identity.js';

/** The process that asks. */
export interface CurrentProcess {
  /** `MainProcess`, or the name the process was started with, for instance `Process-1`. */
  readonly name: string;
  /** The operating system's number of the process. */
  readonly pid: number;
  /** Whether it ends with its parent instead of keeping it alive; `false` in the main program. */
  readonly daemon: boolean;
}

/**
 * The process this code runs in.
 *
 * @example
 * ```ts
 * fork(() => console.log(currentProcess().name)); // Process-1
 * ```
 */
export function currentProcess(): CurrentProcess {
  return { ...identity().process, pid: process.pid };
}
