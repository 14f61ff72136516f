import { types } from 'node:util';
import { reportUncaught } from '@interleave/core';
import { decodeValue } from '@interleave/transfer';
import { reportProgress } from '../coroutine-ground.js';
import type { Job } from '../job.js';
import type { Item, Progress } from '../protocol.js';

/**
 * Hands on what a running task says: progress to its caller, a value of its stream to the reader.
 *
 * @internal
 * @param job - `undefined` if the task is over for its caller
 */
export function receiveReport(job: Job | undefined, { type, value: encoded }: Progress | Item): void {
  if (job === undefined || job.over) return;
  let value: unknown;
  try {
    value = decodeValue(encoded);
  } catch (error) {
    value = Promise.reject(error);
  }
  if (type === 'item') {
    job.settings.stream?.put(value);
    return;
  }
  // A promise: a module has to be loaded for it first.
  if (!types.isPromise(value)) {
    reportProgress(job, value);
    return;
  }
  value.then(
    (ready: unknown) => reportProgress(job, ready),
    (error: unknown) => reportUncaught(error, { where: `onProgress of task "${job.name}"` }),
  );
}
