import { types } from 'node:util';
import { SerializationError } from '@interleave/core';
import { captureTask, contextHere, encodeValue, type TaskLike } from '@interleave/transfer';
import type { WorkerKind } from '@interleave/workers';
import type { Shape } from '../ground.js';
import { isPrimitive } from '../is-primitive.js';
import type { Job } from '../job.js';
import {
  ANNOUNCE,
  ARGS_ENCODED,
  ARGS_LIST,
  ARGS_NONE,
  ARGS_ONE,
  CHUNK,
  CONTEXT,
  ITEMS,
  STAMP,
  STREAM,
  WINDOW_SHIFT,
} from '../protocol.js';
import type { PoolFunction, PoolFunctions } from './functions.js';
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
  shape: Shape,
  ground: WorkerKind,
  functions: PoolFunctions,
): PoolTask {
  const fn = functions.get(captureTask(task, ground));
  const { timeout, transfer, stream } = job.settings;
  const limited = timeout !== undefined && timeout !== Infinity;
  const flags =
    (job.traced ? STAMP : 0) | (limited ? ANNOUNCE : 0) | (stream ? STREAM | (stream.window << WINDOW_SHIFT) : 0);
  const context = contextHere();
  if (context !== undefined) return prepareWithContext(job, fn, flags, args, shape, ground, context);
  if (shape !== 'call') return prepareChunk(job, fn, flags | CHUNK | (shape === 'items' ? ITEMS : 0), args, ground);
  if (transfer === undefined) {
    if (args.length === 0) return new PoolTask(job, fn, flags | ARGS_NONE, undefined);
    if (args.length === 1 && isPrimitive(args[0])) {
      return new PoolTask(job, fn, flags | ARGS_ONE, args[0]);
    }
    if (args.every(isPrimitive)) return new PoolTask(job, fn, flags | ARGS_LIST, args);
  }
  const { name } = job;
  const moved: object[] = [];
  const subject = `task "${name}"`;
  if (transfer === undefined) {
    const encoded = encodeValue(args, { ground, name, subject, moved });
    return new PoolTask(job, fn, flags | ARGS_ENCODED, encoded, 1, moved.length === 0 ? undefined : moved);
  }
  const encoded = encodeValue(args, { ground, name, subject, moved, transfer });
  return taskThatMoves(job, fn, flags | ARGS_ENCODED, encoded, 1, [...transfer, ...moved], ground);
}

/** The long way for all arguments, with the context in front. */
function prepareWithContext(
  job: Job,
  fn: PoolFunction,
  flags: number,
  args: readonly unknown[],
  shape: Shape,
  ground: WorkerKind,
  context: Record<string, unknown>,
): PoolTask {
  const { name } = job;
  const { transfer } = job.settings;
  const moved: object[] = [];
  const subject = `task "${name}"`;
  const pair: [unknown, unknown] = [
    encodeValue(context, { ground, name: `${name}/context`, subject, moved }),
    encodeValue(
      args,
      transfer === undefined ? { ground, name, subject, moved } : { ground, name, subject, moved, transfer },
    ),
  ];
  const form = shape === 'call' ? 0 : CHUNK | (shape === 'items' ? ITEMS : 0);
  const size = shape === 'call' ? 1 : args.length;
  const all = flags | form | CONTEXT | ARGS_ENCODED;
  if (transfer === undefined) return new PoolTask(job, fn, all, pair, size, moved.length === 0 ? undefined : moved);
  return taskThatMoves(job, fn, all, pair, size, [...transfer, ...moved], ground);
}

function prepareChunk(
  job: Job,
  fn: PoolFunction,
  flags: number,
  list: readonly unknown[],
  ground: WorkerKind,
): PoolTask {
  const plain = (flags & ITEMS) === 0 ? lists(list) : (asNumbers(list) ?? primitives(list));
  if (plain !== undefined) return new PoolTask(job, fn, flags | ARGS_LIST, plain, list.length);
  const { name } = job;
  const moved: object[] = [];
  const encoded = encodeValue(list, { ground, name, subject: `task "${name}"`, moved });
  return new PoolTask(job, fn, flags | ARGS_ENCODED, encoded, list.length, moved.length === 0 ? undefined : moved);
}

function primitives(list: readonly unknown[]): readonly unknown[] | undefined {
  return list.every(isPrimitive) ? list : undefined;
}

/** Argument lists of primitives: nobody will see whether two of them are the same array. */
function lists(list: readonly unknown[]): readonly unknown[] | undefined {
  const plain = (each: unknown): boolean => Array.isArray(each) && !types.isProxy(each) && each.every(isPrimitive);
  return list.every(plain) ? list : undefined;
}

/** Numbers travel packed: 8 bytes each and one copy of memory, where a list is written value by value. */
function asNumbers(list: readonly unknown[]): Float64Array | undefined {
  if (typeof list[0] !== 'number') return undefined;
  const numbers = new Float64Array(list.length);
  for (let at = 0; at < list.length; at++) {
    const value = list[at];
    if (typeof value !== 'number') return undefined;
    numbers[at] = value;
  }
  return numbers;
}

/** A task with transferred objects. A process gets a copy of them, and they are gone here all the same. */
function taskThatMoves(
  job: Job,
  fn: PoolFunction,
  flags: number,
  args: unknown,
  size: number,
  transfer: readonly object[],
  ground: WorkerKind,
): PoolTask {
  if (ground === 'thread') return new PoolTask(job, fn, flags, args, size, transfer);
  return new PoolTask(job, fn, flags, inCopies(args, transfer, job.name)[0], size);
}

/**
 * Moves the objects of a task that no worker takes now into copies of our own. They are gone for the caller when `submit`
 * returns, not at some later moment when a worker becomes free.
 *
 * @internal
 * @throws {SerializationError} if one of them cannot move
 */
export function handOver(task: PoolTask): void {
  [task.args, task.transfer] = inCopies(task.args, task.transfer ?? [], task.job.name);
}

function inCopies(args: unknown, transfer: readonly object[], name: string): [unknown, readonly object[]] {
  try {
    return structuredClone([args, transfer], { transfer: transfer as ArrayBuffer[] });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new SerializationError(`Cannot transfer with task "${name}": ${why}`, { path: `${name}/transfer`, cause });
  }
}
