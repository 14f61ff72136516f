import { readdirSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

/**
 * Where a broker listens.
 *
 * On Linux it is a name that is no file, and on Windows a pipe; both end with their process. Elsewhere it is a file,
 * which {@link sweepBrokers} takes away if its process could not.
 *
 * @param name - no other broker's
 */
export function brokerAddress(name: string, platform = process.platform): string {
  if (platform === 'linux') return `\0interleave-${process.pid}-${name}`;
  if (platform === 'win32') return `\\\\.\\pipe\\interleave-${process.pid}-${name}`;
  return join(tmpdir(), `interleave-${process.pid}-${name}.sock`);
}

/** Deletes what brokers of dead processes, and of this one when it ends, have left behind. */
export function sweepBrokers(folder = tmpdir(), ending = false): void {
  for (const name of readdirSync(folder)) {
    const pid = Number(/^interleave-(\d+)-\w+\.sock$/.exec(name)?.[1]);
    if (Number.isNaN(pid) || (pid === process.pid ? !ending : isRunning(pid))) continue;
    try {
      unlinkSync(join(folder, name));
    } catch {
      // Another process swept at the same time, or it is another user's.
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
