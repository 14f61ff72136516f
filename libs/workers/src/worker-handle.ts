/**
 * What the parent holds of a worker: one duplex channel, one end, one way to stop it.
 *
 *     parent                                   worker (compiled entry)
 *     startThread / startProcess  ──────────>  connectParent()
 *     onReady                     <──ready───  link.ready()
 *     post(message)               ──────────>  onMessage
 *     onMessage                   <──────────  link.post(message)
 *     process.stdout.write        <──output──  console.log
 *     stop()                      ──stop────>  ends by itself, or is ended
 *     onExit                      <────────── (whatever ended it)
 *
 * Invariants: `onExit` is called exactly once, after everything the worker sent or printed has been handed over.
 * Nothing is called after it. Posting to a dead worker does nothing: `onExit` has told or will tell.
 */

/** What runs on the other side: a `worker_threads` worker, or a process of the operating system. */
export type WorkerKind = 'thread' | 'process';

/** How a worker ended. */
export interface WorkerExit {
  /** The exit code, or `null` if a signal ended it. */
  readonly exitCode: number | null;
  /** The signal that ended it, or `null`. */
  readonly signal: string | null;
  /** The uncaught error that ended a thread (a process writes its own to stderr). */
  readonly error: unknown;
  /** Whether the parent had called `stop`. */
  readonly stopped: boolean;
  /** Whether that ended it by force: it did not come to an end of its own. */
  readonly terminated: boolean;
}

/** Which step of {@link WorkerHandle.stop} was needed. */
export type StopStep = 'asked' | 'terminated' | 'killed';

/** Options of {@link WorkerHandle.stop}. */
export interface StopOptions {
  /** The first step to try. `asked` lets it finish; `terminated` is SIGTERM; `killed` is SIGKILL. Default `asked`. */
  readonly from?: StopStep;
  /** How long each step may take before the next one, in milliseconds. Default 500. */
  readonly grace?: number;
}

/** A limit on a thread's memory; see `resourceLimits` of `node:worker_threads`. Processes ignore it. */
export interface WorkerResourceLimits {
  readonly maxOldGenerationSizeMb?: number;
  readonly maxYoungGenerationSizeMb?: number;
  readonly codeRangeSizeMb?: number;
  readonly stackSizeMb?: number;
}

/** What to start. */
export interface StartWorkerOptions {
  /** The worker's name, for messages and for the worker itself. */
  readonly name: string;
  /** A compiled ES module that calls `connectParent`. */
  readonly entry: URL;
  /** Whether it calls itself a daemon, and its children with it; see `Identity`. Default false. */
  readonly daemon?: boolean;
  /** See `Identity`. Default: none. */
  readonly numbers?: readonly number[];
  /**
   * Flags of Node for it. Default: none, because those of this program (test runners, loaders, `--require`) are seldom
   * meant for a compiled entry. A thread leaves out those that can only be set for a whole process.
   */
  readonly execArgv?: readonly string[];
  readonly resourceLimits?: WorkerResourceLimits | undefined;
  /**
   * Files of packages that the entry loads, by the packages' names: those that this program has loaded. It need not look for
   * them then, which is a tenth of its start. Default: it looks.
   */
  readonly packages?: Readonly<Record<string, string>> | undefined;
  /**
   * Says of messages that are lists that the lists among their entries were made for them, so that none has named members or is a
   * Proxy. To look for that takes a tenth of the time of sending plain data to a process. Default false: it is looked for.
   */
  readonly ownLists?: boolean;
  /** The worker takes messages now. */
  readonly onReady: () => void;
  /** A message that the worker posted. */
  readonly onMessage: (message: unknown) => void;
  /** The worker is gone. */
  readonly onExit: (exit: WorkerExit) => void;
}

/** A running worker, seen from its parent. For building pools. */
export interface WorkerHandle {
  readonly kind: WorkerKind;
  readonly name: string;
  /** The process it runs in; a thread has its parent's. */
  readonly pid: number | undefined;
  /** Node's number of the thread, or `undefined` for a process. */
  readonly threadId: number | undefined;
  /** For messages: `thread 3` or `pid 1234`. */
  readonly label: string;
  /** Whether it has not ended. */
  readonly alive: boolean;
  /**
   * Sends a message. A list's own named members and its empty places are not kept on the way to a process.
   *
   * @param transfer - what to move instead of copy; threads only
   * @throws the structured-clone error if the message cannot be sent; nothing was sent then
   */
  post(message: unknown, transfer?: readonly object[]): void;
  /**
   * Ends it: asks, then terminates (SIGTERM), then kills (SIGKILL), with a limit on each step. A thread knows no
   * difference between the last two. Keeps the process alive meanwhile. Calling it again is fine, also with a harder
   * first step.
   *
   * @returns the step that was needed, once the worker is gone
   */
  stop(options?: StopOptions): Promise<StopStep>;
}
