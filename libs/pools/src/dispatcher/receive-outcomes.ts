import { types } from 'node:util';
import { decodeError, decodeValue } from '@interleave/transfer';
import type { ChunkResult } from '../ground.js';
import type { Job } from '../job.js';
import {
  DONE_STRIDE,
  RETURNED,
  RETURNED_CHUNK,
  RETURNED_ENCODED,
  RETURNED_LIST,
  SKIPPED,
  THREW,
  type Done,
} from '../protocol.js';
import type { PoolFunction } from './functions.js';
import type { PoolTask } from './pool-task.js';
import type { Slots } from './slots.js';
import type { WorkerLink } from './worker-link.js';

/** What is left to the dispatcher. */
export interface OutcomeActions {
  /** The worker has answered for the slot. */
  release(slot: number): void;
  /** Calls have taken so many milliseconds. */
  took(milliseconds: number): void;
  /** The worker will not run these after all; in the order in which it would have. */
  readonly returned: (tasks: readonly PoolTask[]) => void;
  /** The value needs a module to be loaded first. */
  decode(job: Job, value: Promise<unknown>, time: number | undefined): void;
}

/**
 * Books what a worker has done, and settles the futures.
 *
 * @internal
 */
export function receiveOutcomes(message: Done, link: WorkerLink, slots: Slots, actions: OutcomeActions): void {
  const times = message.length - 2 - (message.at(-1) as number);
  const costs = times - (message.at(-2) as number);
  // Nearly always it is one function, and no map is needed.
  let fn: PoolFunction | undefined;
  let others: Map<number, PoolFunction> | undefined;
  const stamps = readStamps(message, times);
  let returned: PoolTask[] | undefined;
  for (let at = 0; at < costs; at += DONE_STRIDE) {
    const slot = message[at] as number;
    const status = message[at + 1] as number;
    const value = message[at + 2];
    const task = slots.task(slot);
    if (task !== undefined) {
      if (fn !== undefined && fn !== task.fn) (others ??= new Map<number, PoolFunction>()).set(fn.index, fn);
      fn = task.fn;
      link.drop(task);
    }
    link.answered();
    actions.release(slot);
    if (task === undefined || status === SKIPPED) {
      // It has not run, so it does not count for `maxTasksPerChild`.
      link.left += 1;
      if (task !== undefined) (returned ??= []).push(task);
      continue;
    }
    const { job } = task;
    link.stuck = false;
    const stamp = stamps?.get(slot);
    if (stamp !== undefined && !job.over) job.traceStart(link.name, stamp[0]);
    settle(job, status, value, stamp?.[1], actions);
  }
  if (returned !== undefined) {
    link.stuck = link.inFlight > 0;
    actions.returned(returned);
  }
  for (let at = costs; at < times; at += DONE_STRIDE) {
    actions.took(message[at + 2] as number);
    const index = message[at] as number;
    const called = index === fn?.index ? fn : others?.get(index);
    called?.measured(message[at + 1] as number, message[at + 2] as number);
  }
}

type Stamps = Map<number, readonly [start: number, end: number]>;

function readStamps(message: Done, from: number): Stamps | undefined {
  const end = message.length - 2;
  if (from === end) return undefined;
  const stamps: Stamps = new Map();
  for (let at = from; at < end; at += DONE_STRIDE) {
    stamps.set(message[at] as number, [message[at + 1] as number, message[at + 2] as number]);
  }
  return stamps;
}

function settle(job: Job, status: number, value: unknown, time: number | undefined, actions: OutcomeActions): void {
  if (job.over) return;
  if (status === RETURNED || status === RETURNED_LIST) {
    job.succeed(status === RETURNED ? value : ({ values: value as ArrayLike<unknown> } satisfies ChunkResult), time);
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

/** What came of a chunk; a promise of it if a value needs a module to be loaded. */
function chunk(value: unknown): ChunkResult | Promise<ChunkResult> {
  const flat = value as unknown[];
  const values: unknown[] = [];
  const failed = new Set<number>();
  const waits: Promise<void>[] = [];
  for (let at = 0; at < flat.length; at += 2) {
    const each = flat[at + 1];
    const place = values.length;
    if (flat[at] === THREW) {
      failed.add(place);
      values.push(decodeError(each));
      continue;
    }
    const fail = (error: unknown): void => {
      failed.add(place);
      values[place] = error;
    };
    try {
      const decoded: unknown = flat[at] === RETURNED_ENCODED ? decodeValue(each) : each;
      values[place] = decoded;
      if (types.isPromise(decoded)) waits.push(decoded.then((ready: unknown) => void (values[place] = ready), fail));
    } catch (error) {
      fail(error);
    }
  }
  const result = { values, failed };
  return waits.length === 0 ? result : Promise.all(waits).then(() => result);
}
