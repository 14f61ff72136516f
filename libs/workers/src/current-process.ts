import { identity } from './identity.js';

/** The process that asks. */
export interface CurrentProcess {
  /** `MainProcess`, or the name the process was started with, for instance `ProcessPoolExecutor-0_1`. */
  readonly name: string;
  /** The operating system's number of the process. */
  readonly pid: number;
}

/** The process this code runs in. */
export function currentProcess(): CurrentProcess {
  const { kind, name } = identity();
  return { name: kind === 'process' ? name : 'MainProcess', pid: process.pid };
}
