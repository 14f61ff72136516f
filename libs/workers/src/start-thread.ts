import {
  MessageChannel,
  Worker,
  receiveMessageOnPort,
  type TransferListItem,
  type WorkerOptions,
} from 'node:worker_threads';
import { readControl, wrapControl } from './control.js';
import { forwardOutput } from './forward-output.js';
import { birthOf } from './identity.js';
import { explainStart } from './permitted.js';
import { StopLadder } from './stop-ladder.js';
import type { StartWorkerOptions, WorkerHandle } from './worker-handle.js';

/**
 * Starts a thread: a `worker_threads` worker in this process, with its own event loop. For building pools.
 *
 * Messages have a channel of their own, so that a task may use `parentPort` for itself. The worker's output comes over
 * it too: Node's own way holds output back in the worker, where `process.exit()` loses it.
 *
 * @throws {InterleaveError} with code `ERR_START` if Node's permission model does not allow threads
 * @throws whatever else Node throws when it cannot start a thread
 */
export function startThread(options: StartWorkerOptions): WorkerHandle {
  const { port1: port, port2 } = new MessageChannel();
  let worker: Worker;
  try {
    worker = openWorker(options.entry, options.execArgv ?? [], {
      name: options.name,
      workerData: { birth: birthOf('thread', options), packages: options.packages, port: port2 },
      transferList: [port2],
      ...(options.resourceLimits === undefined ? {} : { resourceLimits: options.resourceLimits }),
    });
  } catch (error) {
    port.close();
    throw explainStart('thread', error);
  }
  const { threadId } = worker;
  let alive = true;
  let uncaught: unknown;
  /** The exit code of an end of its own. */
  let own: number | undefined;
  const ladder = new StopLadder((step) => {
    if (step === 'asked') port.postMessage(wrapControl({ type: 'stop' }));
    else void worker.terminate();
  });
  const receive = (message: unknown): void => {
    const control = readControl(message);
    if (control === undefined) options.onMessage(message);
    else if (control.type === 'ready') options.onReady();
    else if (control.type === 'output') forwardOutput(control.fd, control.text);
    else if (control.type === 'leaving') own = control.code;
  };
  port.on('message', receive);
  port.on('messageerror', (error) => {
    uncaught ??= error;
    void worker.terminate();
  });
  worker.on('error', (error) => {
    uncaught ??= error;
  });
  worker.on('exit', (exitCode) => {
    // What the worker posted before it ended may still be in the queue of the port.
    for (let last = receiveMessageOnPort(port); last !== undefined; last = receiveMessageOnPort(port)) {
      receive(last.message);
    }
    alive = false;
    port.close();
    const { begun: stopped, forced } = ladder;
    const terminated = forced && own === undefined && uncaught === undefined;
    ladder.ended();
    options.onExit({
      exitCode: forced ? (own ?? exitCode) : exitCode,
      signal: null,
      error: uncaught,
      stopped,
      terminated,
    });
  });
  worker.unref();
  port.unref();
  return {
    kind: 'thread',
    name: options.name,
    pid: process.pid,
    threadId,
    label: `thread ${threadId}`,
    get alive() {
      return alive;
    },
    post(message, transfer) {
      if (alive) port.postMessage(message, transfer as readonly TransferListItem[] | undefined);
    },
    stop: (stopOptions) => ladder.stop(stopOptions),
  };
}

/** Opens a worker with as many of the flags as a thread can have of its own. */
function openWorker(entry: URL, flags: readonly string[], options: WorkerOptions): Worker {
  try {
    return new Worker(entry, { ...options, execArgv: [...flags] });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_WORKER_INVALID_EXEC_ARGV') throw error;
    // Those of the whole process hold in its threads anyway. Node refuses them here, and names them in the message.
    const refused = (error as Error).message.split(/[\s,]+/);
    const left = flags.filter((flag) => !refused.includes(flag));
    return openWorker(entry, left.length < flags.length ? left : [], options);
  }
}
