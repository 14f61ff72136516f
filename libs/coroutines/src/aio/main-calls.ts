import { BroadcastChannel } from 'node:worker_threads';
import { decodeValue, encodeError, encodeValue } from '@interleave/transfer';
import { isMainCall, type MainAnswer, type MainCall } from './main-call.js';
import { MainFunction } from './main-function.js';
import { spawn, type Task, type TaskBody } from './task.js';

type Called = MainFunction<unknown[], unknown> | TaskBody<unknown[], unknown>;

/** Runs here, as tasks, what the code of one thread asks for, and answers. */
export class MainCalls {
  readonly #running = new Map<string, Task<unknown>>();

  /** A value that the thread's task has reported. */
  hear(value: unknown): void {
    if (!isMainCall(value)) return;
    if (value.what === 'run') void this.#run(value);
    else this.#running.get(value.channel)?.cancel('the thread does not wait for it any longer');
  }

  /** The thread's task is over: nobody waits for an answer. */
  end(): void {
    for (const task of this.#running.values()) task.cancel('the code in the thread is over');
  }

  async #run({ channel: name, work }: MainCall): Promise<void> {
    const channel = new BroadcastChannel(name);
    const task = spawn(async () => {
      const [body, ...args] = (await decodeValue(work)) as [Called, ...unknown[]];
      return body instanceof MainFunction ? body.body(...args) : body(...args);
    });
    this.#running.set(name, task);
    let answer: MainAnswer;
    try {
      answer = { value: encodeValue(await task, { ground: 'thread', name: 'the result of runOnMain' }) };
    } catch (error) {
      answer = { error: encodeError(error, 'thread') };
    }
    this.#running.delete(name);
    channel.postMessage(answer);
    channel.close();
  }
}
