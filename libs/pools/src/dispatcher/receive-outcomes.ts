import { types } from 'node:util';
import { decodeError, decodeValue } from '@interleave/transfer';
import type { ChunkOutcome } from '../ground.js';
import type { Job } from '../job.js';
import { DONE_STRIDE, RETURNED, RETURNED_CHUNK, RETURNED_ENCODED, SKIPPED, THREW, type Done } from '../protocol.js';
import type { PoolFunction } from './functions.js';
import type { PoolTask } from './pool-task.js';
import type { Slots } from './slots.js';
import type { WorkerLink } from './worker-link.js';

/** What is left to the dispatcher. */
export interface OutcomeActions {
  /** The worker has answered for the slot. */
  release(slot: number): void;
  /** The worker will not run these after all; in the order in which it would have. */
  returned(tasks: readonly PoolTask[]): void;
  /** The value needs a module to be loaded first. */
  decode(job: Job, value: Promise<unknown>, time: number | undefined): void;
}

/**
 * Books what a worker has done, and settles the futures.
 *
 * @internal
 */
export function receiveOutcomes(message: Done, link: WorkerLink, slots: Slots, actions: OutcomeActions): void {
  const { outcomes, costs, times } = message;
  const functions = costs.length === 0 ? undefined : new Map<number, PoolFunction>();
  const returned: PoolTask[] = [];
  const stamps = new Map<number, readonly [start: number, end: number]>();
  for (let at = 0; at < times.length; at += 3) {
    stamps.set(times[at] as number, [times[at + 1] as number, times[at + 2] as number]);
  }
  for (let at = 0; at < outcomes.length; at += DONE_STRIDE) {
    const slot = outcomes[at] as number;
    const status = outcomes[at + 1] as number;
    const value = outcomes[at + 2];
    const task = slots.task(slot);
    if (task !== undefined) {
      functions?.set(task.fn.index, task.fn);
      link.drop(task);
    }
    link.answered();
    actions.release(slot);
    if (task === undefined || status === SKIPPED) {
      // It has not run, so it does not count for `maxTasksPerChild`.
      link.left += 1;
      if (task !== undefined) returned.push(task);
      continue;
    }
    const { job } = task;
    const stamp = stamps.size === 0 ? undefined : stamps.get(slot);
    if (stamp !== undefined && !job.over) job.traceStart(link.name, stamp[0]);
    settle(job, status, value, stamp?.[1], actions);
  }
  if (returned.length > 0) actions.returned(returned);
  for (let at = 0; at < costs.length; at += 3) {
    functions?.get(costs[at] as number)?.measured(costs[at + 1] as number, costs[at + 2] as number);
  }
}

function settle(job: Job, status: number, value: unknown, time: number | undefined, actions: OutcomeActions): void {
  if (job.over) return;
  if (status === RETURNED) {
    job.succeed(value, time);
    return;
  }
  try {
    const decoded = status === THREW ? undefined : status === RETURNED_CHUNK ? chunk(value) : decodeValue(value);
    if (status === THREW) job.fail(decodeError(value), time);
    else if (types.isPromise(decoded)) actions.decode(job, decoded, time);
    else job.succeed(decoded, time);
  } catch (error) {
    job.fail(error, time);
  }
}

/** The outcomes of a chunk; a promise of them if a value needs a module to be loaded. */
function chunk(value: unknown): ChunkOutcome[] | Promise<ChunkOutcome[]> {
  const flat = value as unknown[];
  const outcomes: (ChunkOutcome | Promise<ChunkOutcome>)[] = [];
  let waits = false;
  for (let at = 0; at < flat.length; at += 2) {
    const each = flat[at + 1];
    if (flat[at] === THREW) {
      outcomes.push([false, decodeError(each)]);
      continue;
    }
    const decoded: unknown = flat[at] === RETURNED_ENCODED ? decodeValue(each) : each;
    if (types.isPromise(decoded)) {
      waits = true;
      outcomes.push(decoded.then((ready: unknown) => [true, ready] as const));
    } else outcomes.push([true, decoded]);
  }
  return waits ? Promise.all(outcomes.map(async (outcome) => outcome)) : (outcomes as ChunkOutcome[]);
}
