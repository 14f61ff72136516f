// Two sides that share a lock: this thread, and another thread or process that runs `there` of the same case.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { allowMainThreadBlocking, openWords, processWords, threadWords } from '@interleave/memory';

const file = fileURLToPath(import.meta.url);

/**
 * Starts the other side and blocks for nothing: it has begun when this resolves.
 *
 * @param things - what the contender made; each goes through its `send` here and its `arrive` there
 * @returns words that both sides see
 */
export async function startOther(caseName, contender, kind, things) {
  allowMainThreadBlocking();
  const words = kind === 'thread' ? threadWords(16) : processWords(16);
  const handles = things.map((thing) => contender.send(thing, kind));
  const start = { caseName, contender: [contender.file, contender.name], kind, handles, words: words.handle() };
  if (kind === 'thread') {
    const worker = new Worker(file, { workerData: start });
    await once(worker, 'message');
    worker.unref();
  } else {
    const child = fork(file, { serialization: 'advanced' });
    child.send(start);
    await once(child, 'message');
    // Its end must not wait for ours.
    child.unref();
    child.disconnect();
  }
  return words;
}

async function other({ caseName, contender, kind, handles, words }, tell) {
  allowMainThreadBlocking();
  const { contenders } = await import(`./contenders/${contender[0]}`);
  const { there } = await import(`./cases/${caseName}.mjs`);
  const mine = contenders.find(({ name }) => name === contender[1]);
  const things = [];
  for (const handle of handles) things.push(await mine.arrive(handle, kind));
  tell();
  // Once this side blocks it says nothing any more: the message has to be out by then.
  await new Promise((resolve) => setTimeout(resolve, 20));
  there(mine, openWords(words), ...things);
}

if (!isMainThread) {
  // Not awaited here: the case imports this file.
  void other(workerData, () => parentPort.postMessage('here'));
} else if (process.send !== undefined && process.argv[1] === file) {
  process.once('message', (start) => void other(start, () => process.send('here')));
}

/** Waits until the word has the value, without sleeping. */
export function meet(words, index, value) {
  while (words.load(index) !== value);
}
