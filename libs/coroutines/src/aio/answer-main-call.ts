import { BroadcastChannel } from 'node:worker_threads';
import { decodeValue, encodeError, encodeValue } from '@interleave/transfer';
import { MainFunction } from './main-function.js';
import { CANCEL, type MainAnswer, type MainCall } from './main-call.js';
import { spawn, type TaskBody } from './task.js';

type Called = MainFunction<unknown[], unknown> | TaskBody<unknown[], unknown>;

/** Runs here what a thread has asked for, as a task, and answers. */
export async function answerMainCall(call: MainCall): Promise<void> {
  const channel = new BroadcastChannel(call.channel);
  const task = spawn(async () => {
    const [body, ...args] = (await decodeValue(call.work)) as [Called, ...unknown[]];
    return body instanceof MainFunction ? body.body(...args) : body(...args);
  });
  channel.onmessage = (event) => {
    if ((event as { data: unknown }).data === CANCEL) task.cancel('the thread does not wait for it any longer');
  };
  let answer: MainAnswer;
  try {
    answer = { value: encodeValue(await task, { ground: 'thread', name: 'the result of runOnMain' }) };
  } catch (error) {
    answer = { error: encodeError(error, 'thread') };
  }
  channel.postMessage(answer);
  channel.close();
}
