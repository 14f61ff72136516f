/**
 * What runs in the workers of a pool, threads and processes alike: it connects to the executor, runs the initializer,
 * and hands everything else to the task loop.
 */
import { decodeValue, encodeError, restoreTask } from '@interleave/transfer';
import { connectParent, type ParentLink } from '@interleave/workers';
import { Claims } from '../dispatcher/claims.js';
import type { HostMessage, Initialize, WorkerMessage } from '../protocol.js';
import { MemoryWatch } from './memory-watch.js';
import { TaskLoop } from './task-loop.js';

let loop: TaskLoop | undefined;
let failed = false;

const link: ParentLink = connectParent({
  onMessage: (message) => receive(message as HostMessage),
  onStop: () => loop?.flush(),
  ownLists: true,
});

function receive(message: HostMessage): void {
  if (Array.isArray(message)) loop?.run(message);
  else if (message.type === 'initialize') void initialize(message);
  else if (message.type === 'define') loop?.define(message.index, message.definition);
  else if (message.type === 'forget') loop?.forget(message.index);
  else if (message.type === 'allow') loop?.allow(message.slot, message.count);
  else loop?.abort(message.slot, message.reason);
}

async function initialize({ claims, prompt, memory, initializer, args }: Initialize): Promise<void> {
  const watch =
    memory === undefined ? undefined : new MemoryWatch(link.kind, memory, () => link.post({ type: 'grown' }));
  const post = (message: WorkerMessage, transfer?: readonly object[]): void => {
    link.post(message, transfer);
    if (Array.isArray(message)) watch?.look();
  };
  loop = new TaskLoop(link.kind, link.name, post, {
    claims: claims === undefined ? undefined : new Claims(claims),
    prompt,
  });
  try {
    if (initializer !== undefined) {
      const run = await restoreTask(initializer);
      await run(...((await decodeValue(args)) as unknown[]));
    }
    link.ready();
  } catch (error) {
    failed = true;
    post({ type: 'initializer-failed', error: encodeError(error, link.kind) });
    link.exit(1);
  }
}

// An error outside of a task's own call: a stray timer, a rejection that nobody handles. What else it has broken here
// is unknown, so this worker ends, and the executor decides what that means.
process.on('uncaughtException', (error: unknown) => {
  if (failed) return;
  failed = true;
  const slot = loop?.close() ?? -1;
  link.post({ type: 'uncaught', error: encodeError(error, link.kind), slot } satisfies WorkerMessage);
  link.exit(1);
});

// A task that calls process.exit() takes along what the tasks before it returned, unless that goes out first.
process.on('exit', () => loop?.flush());

// What it is to run first may be here already.
link.receiveNow();
