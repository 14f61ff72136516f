import type { MessagePort, TransferListItem } from 'node:worker_threads';
import { InvalidStateError } from '@interleave/core';
import { readControl, wrapControl } from './control.js';
import { FrameReader, writeFrame } from './frames.js';
import { ALONE, GUARDED } from './guardian.js';
import { setIdentity, type Birth } from './identity.js';
import { readIncoming } from './incoming.js';
import { loseParent } from './parent-gone.js';
import type { WorkerKind } from './worker-handle.js';

/** What the worker's side is told. */
export interface ParentLinkOptions {
  /** A message that the parent posted. */
  readonly onMessage: (message: unknown) => void;
  /**
   * The parent asks for the end. After this call the channel no longer keeps the worker alive: it ends when its last
   * timer, socket or task does, and is terminated if that takes longer than the parent waits.
   */
  readonly onStop?: () => void;
  /** The same as of `StartWorkerOptions`, for what is posted to the parent. */
  readonly ownLists?: boolean;
}

/** How long an orphan that asked about its parent may go on, in milliseconds; less than the watchdog allows. */
const LAST_WORDS = 250;

/** The channel to the parent, seen from a worker. For building pools. */
export interface ParentLink {
  readonly kind: WorkerKind;
  /** The name the worker was started with. */
  readonly name: string;
  /** Tells the parent that messages are taken. Call it once. */
  ready(): void;
  /**
   * Sends a message.
   *
   * @throws the structured-clone error if the message cannot be sent; nothing was sent then
   */
  post(message: unknown, transfer?: readonly object[]): void;
  /** Hands over now, and not in the next turn of the event loop, the messages that are here. Of a process none is. */
  receiveNow(): void;
  /** From now on the channel does not keep this worker alive: it ends when it has nothing more to do. */
  unref(): void;
  /** Ends this worker with an exit code, after what was posted has gone out. */
  exit(code: number): void;
}

/**
 * Connects a worker's entry to whoever started it. Call it once, at the top of the entry.
 *
 * @throws {InvalidStateError} in a program that was not started by `startThread` or `startProcess`
 */
export function connectParent(options: ParentLinkOptions): ParentLink {
  return isWatched(process.argv[3]) ? connectProcess(options) : connectThread(options);
}

/** Whether it is what `startProcess` says last. A thread does not see the arguments of its process. */
function isWatched(argument: string | undefined): boolean {
  return argument === GUARDED || argument === ALONE;
}

function connectThread(options: ParentLinkOptions): ParentLink {
  // Loaded here: a process comes up 2 ms sooner without it.
  const threads = process.getBuiltinModule('node:worker_threads');
  const given = threads.workerData as { birth?: Birth; port?: MessagePort } | null;
  if (given?.birth === undefined || given.port === undefined) throw notStartedHere();
  const { birth, port } = given;
  setIdentity({ ...birth, kind: 'thread' });
  sendOutput(1, process.stdout, port);
  sendOutput(2, process.stderr, port);
  // Node gives a terminated thread the code 1, whatever it was about to end with. These handlers run in an end of its own only.
  process.on('exit', (code) => port.postMessage(wrapControl({ type: 'leaving', code })));
  const receive = (message: unknown): void => {
    const control = readControl(message);
    if (control === undefined) options.onMessage(message);
    else if (control.type === 'stop') {
      // Not closed: what is printed until the end still goes out.
      port.unref();
      options.onStop?.();
    }
  };
  port.on('message', receive);
  return {
    kind: 'thread',
    name: birth.name,
    ready: () => port.postMessage(wrapControl({ type: 'ready' })),
    post: (message, transfer) => port.postMessage(message, transfer as readonly TransferListItem[] | undefined),
    receiveNow: () => {
      const next = (): { readonly message: unknown } | undefined => threads.receiveMessageOnPort(port);
      for (let here = next(); here !== undefined; here = next()) receive(here.message);
    },
    unref: () => port.unref(),
    exit: (code) => process.exit(code),
  };
}

/** Sends what is written to a stream at once: `process.exit()` and an endless loop then lose nothing. */
function sendOutput(fd: 1 | 2, stream: NodeJS.WriteStream, port: MessagePort): void {
  type Chunk = { readonly chunk: Uint8Array | string; readonly encoding: string };
  const send = (chunks: readonly Chunk[], done: () => void): void => {
    const text = chunks.map(({ chunk }) => (typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString()));
    port.postMessage(wrapControl({ type: 'output', fd, text: text.join('') }));
    done();
  };
  Object.assign(stream, {
    _writev: send,
    _write: (chunk: Uint8Array | string, encoding: string, done: () => void) => send([{ chunk, encoding }], done),
  });
}

/** The pipes of messages; see `startProcess`. */
const INCOMING = 3;
const OUTGOING = 4;

const mayBlock: unique symbol = Symbol.for('interleave.mayBlock') as never;

function connectProcess(options: ParentLinkOptions): ParentLink {
  const [, , argument, watched] = process.argv as [string, string, string, string];
  const { birth } = JSON.parse(argument) as { birth: Birth };
  setIdentity({ ...birth, kind: 'process' });
  process.title = birth.name;
  // The main thread of a worker is there for the worker's work: `acquireSync` and the like of the other libs may block it.
  (globalThis as { [mayBlock]?: boolean })[mayBlock] = true;
  // Pipes are written in the background where the parent reads slowly; what is printed before an exit must go out.
  blockWhenUsed('stdout');
  blockWhenUsed('stderr');
  // An interrupt is for the parent, which stops its workers.
  process.on('SIGINT', () => {});
  const frames = new FrameReader((message) => {
    const control = readControl(message);
    if (control === undefined) options.onMessage(message);
    else if (control.type === 'stop') {
      incoming.unref();
      options.onStop?.();
    }
  });
  const incoming = readIncoming(INCOMING, (piece) => frames.push(piece));
  // Loaded here: a thread comes up sooner without it.
  const { Socket } = process.getBuiltinModule('node:net');
  const outgoing = new Socket({ fd: OUTGOING, readable: false, writable: true });
  // A parent that is gone ends both; the end of what comes in says so.
  outgoing.on('error', () => {});
  incoming.on('error', () => {});
  incoming.on('close', () => {
    // Whoever listens, as `parentProcess()` does, has a moment for last words.
    if (loseParent()) setTimeout(() => process.exit(), LAST_WORDS);
    else process.exit();
  });
  const send = (message: unknown, done?: () => void): void =>
    writeFrame(outgoing, message, options.ownLists === true, done);
  return {
    kind: 'process',
    name: birth.name,
    ready: () => {
      send(wrapControl({ type: 'ready' }));
      if (watched === ALONE) watchParent();
    },
    post: (message) => send(message),
    receiveNow: () => {},
    unref: () => incoming.unref(),
    // Messages leave in order, so when this one has left the others have.
    exit: (code) => send(wrapControl({ type: 'leaving', code }), () => process.exit(code)),
  };
}

/** Makes writing to a stream of the process wait until all has gone out. Node makes the stream when it is asked for. */
function blockWhenUsed(name: 'stdout' | 'stderr'): void {
  const asNode = Object.getOwnPropertyDescriptor(process, name) as PropertyDescriptor;
  const get = (): unknown => {
    Object.defineProperty(process, name, asNode);
    const stream: { _handle?: { setBlocking?: (on: boolean) => void } } = process[name] as never;
    stream._handle?.setBlocking?.(true);
    return stream;
  };
  Object.defineProperty(process, name, { get, configurable: true, enumerable: true });
}

/** Starts the thread that ends this process when its parent is gone, also while the main thread is in a loop, where nobody guards it. */
function watchParent(): void {
  const { Worker } = process.getBuiltinModule('node:worker_threads');
  const watchdog = new Worker(new URL('./entry/watchdog.js', import.meta.url), {
    name: 'watchdog',
    workerData: { parent: process.ppid },
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 1, stackSizeMb: 1 },
  });
  watchdog.unref();
}

function notStartedHere(): InvalidStateError {
  return new InvalidStateError(
    'Cannot connect to a parent: this program was not started as a worker; use startThread or startProcess',
  );
}
