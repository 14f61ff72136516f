/** What runs in a thread of `explore()`: the function it was given, once in every execution. */
import { parentPort, workerData } from 'node:worker_threads';
import { restoreTask } from '@interleave/transfer';
import { Control } from '../explore/control.js';
import type { ThreadBirth, ThreadMessage } from '../explore/protocol.js';
import { runThread } from '../explore/run-thread.js';

async function live({ control, me, task }: ThreadBirth): Promise<void> {
  const fn = await restoreTask(task);
  const ready: ThreadMessage = { type: 'ready' };
  runThread(new Control(control), me, fn, () => parentPort?.postMessage(ready));
}

// A function that cannot be rebuilt ends the thread; `explore()` is told with the error.
void live(workerData as ThreadBirth);
