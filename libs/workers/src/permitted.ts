import { InterleaveError } from '@interleave/core';
import type { WorkerKind } from './worker-handle.js';

/** What Node's permission model has to allow, for messages. */
const flags = { thread: '--allow-worker', process: '--allow-child-process' } as const;

/**
 * Says in words what Node's permission model refused. Anything else stays what it is.
 *
 * @internal
 * @param error - what Node threw when it was to start something
 */
export function explainStart(kind: WorkerKind, error: unknown): unknown {
  if ((error as NodeJS.ErrnoException | undefined)?.code !== 'ERR_ACCESS_DENIED') return error;
  const many = kind === 'thread' ? 'threads' : 'processes';
  return new InterleaveError(
    `the permission model of Node does not allow ${many} here; start the program with ${flags[kind]}`,
    { code: 'ERR_START', cause: error },
  );
}

/**
 * Refuses a process that could not watch for the end of its parent: it would have to do that in a thread of its own, and
 * inherits that threads are not permitted.
 *
 * @internal
 * @throws {InterleaveError} with code `ERR_START`
 */
export function checkWatchdog(): void {
  const { permission } = process as { permission?: { has(scope: string): boolean } };
  if (permission === undefined || permission.has('worker')) return;
  throw new InterleaveError(
    'no shell guards processes here, so each watches in a thread of its own whether its parent is there, and the ' +
      'permission model of Node does not allow threads; start the program with --allow-worker as well',
    { code: 'ERR_START' },
  );
}
