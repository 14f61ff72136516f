import { spawn, type ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { readControl, wrapControl } from './control.js';
import { forwardOutput } from './forward-output.js';
import { FrameReader, writeFrame } from './frames.js';
import { ALONE, GUARDED, canGuard, guard } from './guardian.js';
import { birthOf } from './identity.js';
import { readIncoming } from './incoming.js';
import { checkWatchdog, explainStart } from './permitted.js';
import { StopLadder } from './stop-ladder.js';
import type { StartWorkerOptions, WorkerHandle } from './worker-handle.js';

/**
 * How long after the end of a process its output and messages may still come. They normally come before; a grandchild
 * that holds the pipes open must not keep the end from being reported.
 */
const DRAIN = 250;

/**
 * Starts a process of the operating system that runs Node. For building pools.
 *
 *     fd 0 nothing   fd 1, 2 pipes, forwarded   fd 3 messages to it   fd 4 messages from it
 *
 * Messages have a pipe for each way: writing to one that breaks ends that pipe, and what came the other way before is
 * still read. Rejected: Node's own channel of `fork`, which takes twice the processor time (`frames.ts`).
 *
 * It leads a process group of its own: Ctrl-C in a terminal or in a notebook reaches this program, not its workers.
 * It does not outlive this process, however that ends; see `guardian.ts`. Where that does not work, it watches for
 * itself, at the end of a pipe on fd 5; see `entry/watchdog.ts`.
 *
 * @throws {InterleaveError} with code `ERR_START` if Node's permission model does not allow processes
 * @throws whatever else Node throws when it cannot start a process
 */
export function startProcess(options: StartWorkerOptions): WorkerHandle {
  const guarded = canGuard();
  const given = JSON.stringify({ birth: birthOf('process', options), packages: options.packages });
  const entry = fileURLToPath(options.entry);
  const flags = options.execArgv ?? [];
  if (!guarded) checkWatchdog();
  let child: ChildProcess;
  try {
    child = spawn(process.execPath, [...flags, entry, given, guarded ? GUARDED : ALONE], {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe', ...(guarded ? [] : ['pipe' as const])],
    });
  } catch (error) {
    throw explainStart('process', error);
  }
  const leaveGuard = guarded && child.pid !== undefined ? guard(child.pid) : () => {};
  let alive = true;
  let failure: unknown;
  const ladder = new StopLadder((step) => {
    if (step === 'asked') send(wrapControl({ type: 'stop' }));
    else child.kill(step === 'terminated' ? 'SIGTERM' : 'SIGKILL');
  });
  // Absent from the types, and after a start that failed.
  const [, , , outgoing, answers, watched] = child.stdio as readonly unknown[] as [
    ...(readonly [null, Readable, Readable]),
    Writable | undefined,
    Socket | undefined,
    Writable | undefined,
  ];
  const send = (message: unknown): void => {
    if (outgoing !== undefined) writeFrame(outgoing, message, options.ownLists === true);
  };
  const frames = new FrameReader((message) => {
    if (!alive) return;
    const control = readControl(message);
    if (control === undefined) options.onMessage(message);
    else if (control.type === 'ready') options.onReady();
  });
  const incoming = answers && readIncoming(answers, (piece) => frames.push(piece));
  const streams = [child.stdout, child.stderr];
  streams.forEach((stream, index) => {
    stream?.setEncoding('utf8');
    stream?.on('data', (text: string) => forwardOutput(index === 0 ? 1 : 2, text));
    unref(stream);
  });
  for (const pipe of [outgoing, incoming, watched]) {
    // The child's end closes with the child; that is no error here.
    pipe?.on('error', () => {});
    unref(pipe);
  }
  // Nothing comes by it, but its end has to be read.
  (outgoing as Readable | undefined)?.resume();
  let exit: { code: number | null; signal: NodeJS.Signals | null } | undefined;
  let stopWaiting: NodeJS.Timeout | undefined;
  const finish = (): void => {
    if (!alive) return;
    alive = false;
    clearTimeout(stopWaiting);
    const { begun: stopped, forced } = ladder;
    const { code: exitCode = null, signal = null } = exit ?? {};
    const terminated = forced && (signal === 'SIGTERM' || signal === 'SIGKILL');
    ladder.ended();
    options.onExit({ exitCode, signal, error: failure, stopped, terminated });
  };
  // After the exit, with all pipes drained. Node does not know of the one that was taken over.
  let open = incoming === undefined ? 1 : 2;
  const closed = (): void => {
    open -= 1;
    if (open === 0) finish();
  };
  incoming?.on('close', closed);
  child.on('close', closed);
  child.on('exit', (code, signal) => {
    leaveGuard();
    exit = { code, signal };
    stopWaiting = setTimeout(finish, DRAIN);
  });
  child.on('error', (error) => {
    // Node could not start it, or could not signal it. Without a pid there will be no 'exit'.
    failure ??= error;
    if (child.pid === undefined) finish();
  });
  child.unref();
  return {
    kind: 'process',
    name: options.name,
    pid: child.pid,
    threadId: undefined,
    label: `pid ${child.pid ?? '?'}`,
    get alive() {
      return alive;
    },
    post: send,
    stop: (stopOptions) => ladder.stop(stopOptions),
  };
}

function unref(stream: unknown): void {
  (stream as { unref?: () => void } | null | undefined)?.unref?.();
}
