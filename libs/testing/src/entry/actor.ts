/** What runs in an actor: functions by their text, with what they are given rebuilt. */
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { allowMainThreadBlocking, SharedWords } from '@interleave/memory';
import { fromTransfer } from '@interleave/transfer';
import type { ActorAnswer, ActorCall } from '../actor.js';

type Rebuilds = Record<string, { [fromTransfer](handle: object): unknown }>;

const send = (answer: ActorAnswer): void => {
  if (isMainThread) process.send!(answer);
  else parentPort!.postMessage(answer);
};
// Listened for at once, or the first calls are lost; the classes may come later.
const module = import(isMainThread ? process.argv[2]! : (workerData as string)) as Promise<Rebuilds>;
if (isMainThread) {
  allowMainThreadBlocking();
  process.on('message', (call: ActorCall) => void answer(call));
} else {
  parentPort!.on('message', (call: ActorCall) => void answer(call));
}

async function answer({ id, text, things }: ActorCall): Promise<void> {
  try {
    const here = unpackAll(things as object, { ...(await module), SharedWords } as unknown as Rebuilds);
    const body = (0, eval)(`(${text})`) as (things: object, lib: object) => unknown;
    send({ id, value: await body(here, await module) });
  } catch (thrown) {
    const { name, message, code } = thrown as Error & { code?: unknown };
    send({ id, error: { name, message, code } });
  }
}

function unpackAll(things: object, classes: Rebuilds): object {
  return Object.fromEntries(Object.entries(things).map(([name, thing]) => [name, unpack(thing, classes)]));
}

function unpack(thing: unknown, classes: Rebuilds): unknown {
  const { type, handle } = (thing ?? {}) as { type?: string; handle?: object };
  if (type === undefined || handle === undefined) return thing;
  // What is inside is rebuilt first; a handle of words has things inside that are none of ours.
  return classes[type]![fromTransfer](unpackAll(handle, classes));
}
