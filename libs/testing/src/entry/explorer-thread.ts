/** What runs in a thread of `explore()`: the function it was given, once in every execution. */
import { parentPort, workerData } from 'node:worker_threads';
import { restoreTask } from '@interleave/transfer';
import { Control } from '../explore/control.js';
import type { ThreadBirth, ThreadMessage } from '../explore/protocol.js';
import { Rounds } from '../explore/rounds.js';
import { runThread } from '../explore/run-thread.js';
import { Unwound } from '../explore/turn.js';

async function live({ control: handle, me, task, plan }: ThreadBirth): Promise<void> {
  const fn = await restoreTask(task);
  const ready: ThreadMessage = { type: 'ready' };
  const control = new Control(handle);
  await runThread(control, me, new Rounds(control, plan), fn, () => parentPort?.postMessage(ready));
}

// Promises that nobody waits for learn of the end of their execution like all others, and reject with it.
process.on('unhandledRejection', (reason) => {
  if (!(reason instanceof Unwound)) throw reason;
});

// A function that cannot be rebuilt ends the thread; `explore()` is told with the error.
void live(workerData as ThreadBirth);
