/**
 * What runs in a `Thread` or a `Process`: it does the one piece of work that its parent sends, and ends when that is done
 * and nothing else keeps it busy.
 */
import { doWork } from '../child.js';
import { holdProcess } from '../hold-process.js';
import { connectParent } from '../parent-link.js';
import type { Work } from '../protocol.js';
import { uncaughtText } from '../uncaught-text.js';

const link = connectParent({ onMessage: (message) => void work(message as Work) });
// At once, so that the watchdog is up before a target that never gives way.
link.ready();

async function work(message: Work): Promise<void> {
  link.unref();
  // A target that waits for something that keeps nothing alive is still at work.
  const release = holdProcess();
  try {
    await doWork(message);
  } catch (error) {
    fail(error);
  }
  release();
}

/** As in any Node program, an error that nobody catches is printed in full and ends it at once. */
function fail(error: unknown): never {
  process.stderr.write(uncaughtText(link.name, error));
  return process.exit(1);
}

process.on('uncaughtException', (error: unknown) => {
  // A target may have a handler of its own; then it is that one's matter.
  if (process.listenerCount('uncaughtException') === 1) fail(error);
});
