import { types } from 'node:util';
import { reportUncaught } from '@interleave/core';
import { decodeValue } from '@interleave/transfer';
import { reportProgress } from '../coroutine-ground.js';
import type { Job } from '../job.js';

/**
 * Hands what a task reports to its caller, as soon as its modules are loaded.
 *
 * @internal
 */
export function receiveProgress(job: Job, encoded: unknown): void {
  if (job.over) return;
  const value = decodeValue(encoded);
  if (!types.isPromise(value)) {
    reportProgress(job, value);
    return;
  }
  value.then(
    (ready: unknown) => reportProgress(job, ready),
    (error: unknown) => reportUncaught(error, { where: `onProgress of task "${job.name}"` }),
  );
}
