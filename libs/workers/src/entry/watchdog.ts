/**
 * A thread in a worker process that ends the process when its parent is gone, where nobody else does (`guardian.ts`).
 *
 * The event loop of a worker learns of that by 'disconnect' and exits by itself. A worker in an endless loop never
 * turns its event loop, so this thread watches too, in two ways: a pipe that the parent holds open ends with the parent
 * at once, and the parent's process id changes. The id is compared with the one at the start, not with 1: an orphan
 * may be adopted by another process than init.
 */
import { Socket } from 'node:net';
import { workerData } from 'node:worker_threads';

/** The pipe from the parent; see `startProcess`. */
const PIPE = 5;
/** How long the main thread may take to exit by itself, in milliseconds. */
const GRACE = 500;
/** How often the parent's process id is compared, in milliseconds. */
const INTERVAL = 1_000;

const { parent } = workerData as { parent: number };

const end = (): void => {
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), GRACE);
};

new Socket({ fd: PIPE, readable: true, writable: false }).on('error', end).on('end', end).resume();
setInterval(() => {
  if (process.ppid !== parent) end();
}, INTERVAL);
