import { BrokenExecutorError, WorkerExitError } from '@interleave/core';
import type { WorkerExit } from '@interleave/workers';
import type { PoolTask } from './pool-task.js';
import type { WorkerLink } from './worker-link.js';

/**
 * The error of a task that was running when its worker ended: which worker, how it ended, how long the task had run.
 *
 * @internal
 */
export function lostTask(task: string, link: WorkerLink, exit: WorkerExit): WorkerExitError {
  const ran = Math.round(performance.now() - link.active);
  return exitError(`Cannot finish task "${task}": its worker ${describe(link, exit)} after ${ran} ms`, link, exit);
}

/**
 * The error of an executor that lost a worker.
 *
 * @internal
 */
export function lostWorker(link: WorkerLink, exit: WorkerExit): BrokenExecutorError {
  return new BrokenExecutorError(`worker ${describe(link, exit)}`, {
    cause: exitError(`Worker ${describe(link, exit)}`, link, exit),
  });
}

/**
 * The error of a worker that never became ready: what it said itself, or how it ended.
 *
 * @internal
 */
export function lostStart(link: WorkerLink, exit: WorkerExit): BrokenExecutorError {
  const { message, cause } = lostWorker(link, exit);
  return link.refusal ?? new BrokenExecutorError(`${message} before it was ready`, { cause });
}

/**
 * The error of a worker that ended while it had nothing to do.
 *
 * @internal
 */
export function idleExit(link: WorkerLink, exit: WorkerExit): WorkerExitError {
  return exitError(`Worker ${describe(link, exit)} while it was idle`, link, exit);
}

function describe(link: WorkerLink, { exitCode, signal, error }: WorkerExit): string {
  const who = `${link.name} (${link.handle?.label ?? 'not started'})`;
  if (signal !== null) {
    const hint = signal === 'SIGKILL' ? ' from outside, often for lack of memory,' : '';
    return `${who} was ended by ${signal}${hint}`;
  }
  const uncaught = link.fatal?.error ?? error;
  const reason = uncaught instanceof Error ? `: ${uncaught.name}: ${uncaught.message}` : '';
  return `${who} exited with code ${exitCode ?? 'unknown'}${reason}`;
}

function exitError(message: string, link: WorkerLink, { exitCode, signal, error }: WorkerExit): WorkerExitError {
  const cause = link.fatal?.error ?? error;
  const code = (error as { code?: unknown } | undefined)?.code;
  const pid = link.handle?.pid;
  return new WorkerExitError(message, {
    exitCode,
    signal,
    ...(pid === undefined ? {} : { pid }),
    ...(cause === undefined ? {} : { cause }),
    ...(typeof code === 'string' ? { code } : {}),
  });
}

/**
 * Whether a task that was taken from a worker may run in another one. It fails here if its objects had moved.
 *
 * @internal
 */
export function canRunElsewhere({ job, transfer }: PoolTask): boolean {
  if (transfer !== undefined) {
    job.fail(
      new WorkerExitError(
        `Cannot run task "${job.name}": what it was to move went to a worker that ended before it began; submit it again`,
      ),
    );
  }
  return !job.over;
}
