import { BroadcastChannel, isMainThread, threadId } from 'node:worker_threads';
import { NotSupportedError } from '@interleave/core';
import { decodeError, decodeValue, encodeValue } from '@interleave/transfer';
import { park } from '../park.js';
import { MainFunction } from './main-function.js';
import type { MainAnswer, MainCall } from './main-call.js';
import { checkBody, spawn, type TaskBody } from './task.js';
import { THREAD_PREFIX } from './thread-pool.js';

let calls = 0;

/**
 * Runs a function on the main thread, as a task of the event loop there, and gives its result; for code that
 * {@link toThread} has sent to a thread. On the main thread itself it is run at once, as a task.
 *
 * What {@link onMain} has made of a function stays there, and sees the variables of the main thread. A plain function travels,
 * with copies of what it closes over.
 *
 * **Cancellation** of the wait, also by a `timeout`, cancels the task on the main thread; so does the end of the code in the
 * thread. When who waits for that code gives it up, the wait here ends with a `CancelledError`.
 *
 * @throws what the function throws
 * @throws {NotSupportedError} in a thread that `toThread` has not started
 * @throws {SerializationError} if the function, an argument or the result cannot travel
 *
 * @example
 * ```ts
 * const show = aio.onMain((percent: number) => bar.update(percent));
 * await aio.toThread(async () => { for (const part of parts) await aio.runOnMain(show, work(part)); });
 * ```
 */
export async function runOnMain<A extends readonly unknown[], R>(
  body: MainFunction<A, R>,
  ...args: A
): Promise<Awaited<R>>;
export async function runOnMain<A extends readonly unknown[], R>(body: TaskBody<A, R>, ...args: A): Promise<Awaited<R>>;
export async function runOnMain<A extends readonly unknown[], R>(
  body: MainFunction<A, R> | TaskBody<A, R>,
  ...args: A
): Promise<Awaited<R>> {
  if (!(body instanceof MainFunction)) checkBody(body, 'run on the main thread');
  if (isMainThread) return await spawn(body instanceof MainFunction ? body.body : body, ...args);
  const { currentTask } = await import('@interleave/pools');
  const task = currentTask();
  if (!task.worker.startsWith(`${THREAD_PREFIX}_`)) {
    throw new NotSupportedError(`Cannot run on the main thread from ${task.worker}: start its work with toThread`);
  }
  calls += 1;
  const call: MainCall = {
    type: 'interleave.runOnMain',
    what: 'run',
    channel: `interleave.runOnMain ${threadId}.${calls}`,
    work: encodeValue([body, ...args], { ground: 'thread', name: 'runOnMain' }),
  };
  const answer = await park<MainAnswer>(
    'wait for the main thread',
    ({ wake, fail }) => {
      const channel = new BroadcastChannel(call.channel);
      channel.onmessage = (event) => {
        channel.close();
        wake((event as { data: MainAnswer }).data);
      };
      try {
        task.progress(call);
      } catch (error) {
        channel.close();
        fail(error);
      }
      return () => {
        channel.close();
        task.progress({ ...call, what: 'cancel', work: undefined });
      };
    },
    // Nobody over there hears any more of a task that was given up.
    { signal: task.signal },
  );
  if ('error' in answer) throw await decodeError(answer.error);
  return (await decodeValue(answer.value)) as Awaited<R>;
}
