import { SerializationError } from '@interleave/core';
import { captureTask, encodeValue, type TaskLike } from '@interleave/transfer';
import type { WorkerKind } from '@interleave/workers';
import { isPrimitive } from '../is-primitive.js';
import type { Job } from '../job.js';
import { ANNOUNCE, ARGS_ENCODED, ARGS_LIST, ARGS_NONE, ARGS_ONE, CHUNK, STAMP } from '../protocol.js';
import type { PoolFunctions } from './functions.js';
import { PoolTask } from './pool-task.js';

/**
 * Puts a task and its arguments into the form in which they are sent. What cannot travel is found here, before
 * anything is sent.
 *
 * @internal
 * @throws {SerializationError} with the path to what cannot travel
 */
export function prepareTask(
  job: Job,
  task: TaskLike,
  args: readonly unknown[],
  chunk: boolean,
  ground: WorkerKind,
  functions: PoolFunctions,
): PoolTask {
  const fn = functions.get(captureTask(task, ground));
  const { timeout, transfer } = job.settings;
  const limited = timeout !== undefined && timeout !== Infinity;
  let flags = (job.traced ? STAMP : 0) | (limited ? ANNOUNCE : 0);
  if (!chunk && transfer === undefined) {
    if (args.length === 0) return new PoolTask(job, fn, flags | ARGS_NONE, undefined);
    if (args.length === 1 && isPrimitive(args[0])) {
      return new PoolTask(job, fn, flags | ARGS_ONE, args[0]);
    }
    if (args.every(isPrimitive)) return new PoolTask(job, fn, flags | ARGS_LIST, args);
  }
  if (chunk) flags |= CHUNK;
  const { name } = job;
  const moved: object[] = [];
  const settings = { ground, name, subject: `task "${name}"`, moved };
  if (transfer === undefined) {
    const encoded = encodeValue(args, settings);
    return new PoolTask(job, fn, flags | ARGS_ENCODED, encoded, moved.length === 0 ? undefined : moved);
  }
  const encoded = encodeValue(args, { ...settings, transfer });
  const [own, list] = handOver(encoded, [...transfer, ...moved], name);
  return new PoolTask(job, fn, flags | ARGS_ENCODED, own, ground === 'thread' ? list : undefined);
}

/**
 * Moves the transferred objects into copies of our own. They are gone for the caller when `submit` returns, not at some
 * later moment when a worker becomes free.
 */
function handOver(encoded: unknown, transfer: readonly object[], name: string): [unknown, readonly object[]] {
  try {
    return structuredClone<[unknown, readonly object[]]>([encoded, transfer], { transfer: transfer as ArrayBuffer[] });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new SerializationError(`Cannot transfer with task "${name}": ${why}`, { path: `${name}/transfer`, cause });
  }
}
