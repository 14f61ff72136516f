import type { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { readControl, wrapControl } from './control.js';
import { forwardOutput } from './forward-output.js';
import { GUARDED, canGuard, guard } from './guardian.js';
import { birthOf } from './identity.js';
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
 *     fd 0 nothing   fd 1, 2 pipes, forwarded   fd 3 messages
 *
 * It leads a process group of its own: Ctrl-C in a terminal or in a notebook reaches this program, not its workers.
 * It does not outlive this process, however that ends; see `guardian.ts`. Where that does not work, it watches for
 * itself, at the end of a pipe on fd 4; see `entry/watchdog.ts`.
 *
 * @throws whatever Node throws when it cannot start a process
 */
export function startProcess(options: StartWorkerOptions): WorkerHandle {
  // Loaded here: a worker that starts no process of its own comes up 2 ms earlier without it.
  const { fork } = process.getBuiltinModule('node:child_process');
  const guarded = canGuard();
  const birth = JSON.stringify(birthOf('process', options));
  const child = fork(fileURLToPath(options.entry), [birth, guarded ? GUARDED : 'alone'], {
    serialization: 'advanced',
    detached: true,
    execArgv: [...(options.execArgv ?? [])],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc', ...(guarded ? [] : ['pipe' as const])],
  });
  const leaveGuard = guarded && child.pid !== undefined ? guard(child.pid) : () => {};
  let alive = true;
  let failure: unknown;
  const ladder = new StopLadder((step) => {
    if (step === 'asked') send(wrapControl({ type: 'stop' }));
    else child.kill(step === 'terminated' ? 'SIGTERM' : 'SIGKILL');
  });
  const send = (message: unknown): void => {
    // Without a callback, a channel that closes at this moment becomes an uncaught 'error' event.
    if (child.connected) child.send(message as object, () => {});
  };
  child.on('message', (message: unknown) => {
    if (!alive) return;
    const control = readControl(message);
    if (control === undefined) options.onMessage(message);
    else if (control.type === 'ready') options.onReady();
  });
  const streams = [child.stdout, child.stderr];
  streams.forEach((stream, index) => {
    stream?.setEncoding('utf8');
    stream?.on('data', (text: string) => forwardOutput(index === 0 ? 1 : 2, text));
    unref(stream);
  });
  // Absent from the type, and from a guarded child.
  const watched = child.stdio[4] as Writable | null | undefined;
  // The child's end closes with the child; that is no error here.
  watched?.on('error', () => {});
  unref(watched);
  let left = 3;
  let exit: { code: number | null; signal: NodeJS.Signals | null } | undefined;
  let stopWaiting: NodeJS.Timeout | undefined;
  const finish = (): void => {
    if (!alive) return;
    alive = false;
    clearTimeout(stopWaiting);
    const stopped = ladder.begun;
    ladder.ended();
    options.onExit({ exitCode: exit?.code ?? null, signal: exit?.signal ?? null, error: failure, stopped });
  };
  const gone = (): void => {
    left -= 1;
    if (left === 0) finish();
  };
  child.on('close', gone); // both pipes are drained
  child.on('disconnect', gone); // all messages are read
  child.on('exit', (code, signal) => {
    leaveGuard();
    exit = { code, signal };
    stopWaiting = setTimeout(finish, DRAIN);
    gone();
  });
  child.on('error', (error) => {
    // Node could not start it, or could not signal it. Without a pid there will be no 'exit'.
    failure ??= error;
    if (child.pid === undefined) finish();
  });
  child.unref();
  child.channel?.unref();
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
