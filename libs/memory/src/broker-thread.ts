import { Worker } from 'node:worker_threads';
import { NotSupportedError } from '@interleave/core';
import { entryFile } from './entry-file.js';

/**
 * Starts a thread of the broker.
 *
 * @internal
 * @throws {NotSupportedError} if Node's permission model does not allow threads
 */
export function brokerThread(name: 'broker' | 'broker-client', workerData: object): Worker {
  try {
    return new Worker(entryFile(name), { workerData, execArgv: [] });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_ACCESS_DENIED') throw cause;
    throw new NotSupportedError(
      'Cannot share words between processes: the permission model of Node does not allow it; start the program with ' +
        '--allow-addons, for a segment with the package koffi, or with --allow-worker, for a broker',
      { cause },
    );
  }
}
