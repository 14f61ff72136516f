import { constants } from 'node:os';
import type { WorkerExit } from './worker-handle.js';

/**
 * Exit statuses are a byte everywhere: 300 becomes 44, -1 becomes 255. POSIX does that to processes; threads get the same
 * rule, so that a program may move from one to the other.
 *
 * @internal
 */
export function exitByte(status: number): number {
  return ((status % 256) + 256) % 256;
}

/**
 * Python's exit code: the status, or the negative number of the signal that ended it.
 *
 * @internal
 * @param asked - the signal that this program asked for first; a thread knows no signals, so that one is reported for it
 */
export function exitCodeOf(exit: WorkerExit, asked: 'SIGTERM' | 'SIGKILL' | undefined): number {
  const signal = exit.signal ?? (exit.terminated ? asked : undefined);
  if (signal !== undefined) return -(constants.signals[signal as NodeJS.Signals] ?? 0);
  return exitByte(exit.exitCode ?? 1);
}
