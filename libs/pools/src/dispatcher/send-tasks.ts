import { SerializationError } from '@interleave/core';
import { copyLarge } from '@interleave/transfer';
import { LOOK_OUT, MOST_ENTRIES, entriesIn, type Run } from '../protocol.js';
import type { PoolTask } from './pool-task.js';
import type { WorkerLink } from './worker-link.js';

/** Called for each task that cannot be sent. */
type Unsent = (task: PoolTask, error: SerializationError) => void;

/**
 * Sends tasks in as few messages as the rule about shared objects allows (see `protocol.ts`).
 *
 * @internal
 * @param unsent - called for each task that cannot be sent, with its error; the others are sent
 * @param lookOut - whether the worker is to look out for the task after this single one
 */
export function sendTasks(link: WorkerLink, tasks: readonly PoolTask[], unsent: Unsent, lookOut = false): void {
  if (tasks.length === 1) {
    sendOne(link, tasks[0] as PoolTask, unsent, lookOut ? LOOK_OUT : 0);
    return;
  }
  let run: Run = [];
  let from = 0;
  let hasObject = false;
  /** What moves with the one task of the message that has objects. */
  let moved: readonly object[] | undefined;
  let entries = 0;
  for (const [at, task] of tasks.entries()) {
    const { own } = task;
    if (own ? hasObject : entries > MOST_ENTRIES) {
      post(link, run, moved, tasks.slice(from, at), unsent);
      run = [];
      from = at;
      hasObject = false;
      moved = undefined;
      entries = 0;
    }
    try {
      link.teach(task.fn);
    } catch (cause) {
      // Taken out of the batch: what was collected goes first, this one not at all.
      post(link, run, moved, tasks.slice(from, at), unsent);
      run = [];
      from = at + 1;
      hasObject = false;
      moved = undefined;
      unsent(task, refused(task, cause));
      continue;
    }
    const outgoing = own ? leaving(link, task) : task;
    run.push(task.slot, task.fn.index, task.flags, outgoing.args);
    moved ??= outgoing.transfer;
    if (own) hasObject = true;
    else entries += entriesIn(task.args);
  }
  post(link, run, moved, tasks.slice(from), unsent);
}

function sendOne(link: WorkerLink, task: PoolTask, unsent: Unsent, flag = 0): void {
  try {
    link.teach(task.fn);
    const { args, transfer } = task.own ? leaving(link, task) : task;
    link.post([task.slot, task.fn.index, task.flags | flag, args], transfer);
  } catch (cause) {
    // The codec lets nothing through that cannot be cloned, but an object may change between the submit and now.
    unsent(task, refused(task, cause));
  }
}

/** What goes out for a task: large memory that only has to be copied goes to a thread as a copy that moves. */
function leaving(link: WorkerLink, task: PoolTask): Pick<PoolTask, 'args' | 'transfer'> {
  if (task.transfer !== undefined || link.handle?.kind !== 'thread') return task;
  const large = copyLarge(task.args);
  return large === undefined ? task : { args: large.encoded, transfer: [large.memory] };
}

function post(
  link: WorkerLink,
  run: Run,
  moved: readonly object[] | undefined,
  tasks: readonly PoolTask[],
  unsent: Unsent,
): void {
  if (run.length === 0) return;
  try {
    link.post(run, moved);
  } catch {
    // One of them cannot be sent, and it is not known which.
    for (const task of tasks) sendOne(link, task, unsent);
  }
}

function refused(task: PoolTask, cause: unknown): SerializationError {
  const { name } = task.job;
  const why = cause instanceof Error ? cause.message : String(cause);
  return new SerializationError(`Cannot send task "${name}": ${why}`, { path: name, cause });
}
