import { SerializationError } from '@interleave/core';
import { LOOK_OUT, MOST_ENTRIES, entriesIn, type Run } from '../protocol.js';
import type { PoolTask } from './pool-task.js';
import type { WorkerLink } from './worker-link.js';

/**
 * Sends tasks in as few messages as the rule about shared objects allows (see `protocol.ts`).
 *
 * @internal
 * @param lookOut - whether the worker is to look out for the task after this single one
 * @param unsent - called for each task that cannot be sent, with its error; the others are sent
 */
export function sendTasks(
  link: WorkerLink,
  tasks: readonly PoolTask[],
  unsent: (task: PoolTask, error: SerializationError) => void,
  lookOut = false,
): void {
  if (tasks.length === 1) {
    sendOne(link, tasks[0] as PoolTask, unsent, lookOut ? LOOK_OUT : 0);
    return;
  }
  let run: Run = [];
  let from = 0;
  let hasObject = false;
  let entries = 0;
  for (const [at, task] of tasks.entries()) {
    const { own } = task;
    if (own ? hasObject : entries > MOST_ENTRIES) {
      post(link, run, tasks.slice(from, at), unsent);
      run = [];
      from = at;
      hasObject = false;
      entries = 0;
    }
    try {
      link.teach(task.fn);
    } catch (cause) {
      // Taken out of the batch: what was collected goes first, this one not at all.
      post(link, run, tasks.slice(from, at), unsent);
      run = [];
      from = at + 1;
      hasObject = false;
      unsent(task, refused(task, cause));
      continue;
    }
    run.push(task.slot, task.fn.index, task.flags, task.args);
    if (own) hasObject = true;
    else entries += entriesIn(task.args);
  }
  post(link, run, tasks.slice(from), unsent);
}

function sendOne(
  link: WorkerLink,
  task: PoolTask,
  unsent: (task: PoolTask, error: SerializationError) => void,
  flag = 0,
): void {
  try {
    link.teach(task.fn);
    link.post([task.slot, task.fn.index, task.flags | flag, task.args], task.transfer);
  } catch (cause) {
    // The codec lets nothing through that cannot be cloned, but an object may change between the submit and now.
    unsent(task, refused(task, cause));
  }
}

function post(
  link: WorkerLink,
  run: Run,
  tasks: readonly PoolTask[],
  unsent: (task: PoolTask, error: SerializationError) => void,
): void {
  if (run.length === 0) return;
  try {
    // At most one task of a message has objects, so its list is the list of the message.
    link.post(run, tasks.find((task) => task.transfer !== undefined)?.transfer);
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
