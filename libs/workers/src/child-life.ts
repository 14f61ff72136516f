/**
 * What is behind a `Thread` or a `Process`: from its making to its end.
 *
 *     new ──start()──> running ──(whatever ends it)──> ended
 *      └────close()────────────────────────────────────┴──> closed
 *     here: the object on the other side, in the thread or process that it stands for
 *
 * Invariants: the worker is held (keeps the program alive) from start to end unless it is a daemon, and is listed in
 * `activeChildren()` for the same time; `sentinel` settles once, after everything the worker printed has been handed over.
 *
 * Kept beside the public object and not in it: an instance of a subclass is rebuilt elsewhere from its own fields, and
 * these must be the user's alone.
 */
import {
  ClosedError,
  InterleaveError,
  InvalidStateError,
  SerializationError,
  checkTimeout,
  type WaitOptions,
} from '@interleave/core';
import {
  captureTask,
  contextHere,
  encodeValue,
  localTask,
  type EncodeOptions,
  type TaskLike,
} from '@interleave/transfer';
import { activeSet } from './active-children.js';
import { childEntry } from './child-entry.js';
import type { Child } from './child.js';
import { stopAtExit } from './daemons.js';
import { exitCodeOf } from './exit-code.js';
import { forwardOutput } from './forward-output.js';
import { holdProcess } from './hold-process.js';
import { inheritedFlags } from './inherited-flags.js';
import { joined } from './joined.js';
import type { Work } from './protocol.js';
import { startProcess } from './start-process.js';
import { startThread } from './start-thread.js';
import { uncaughtText } from './uncaught-text.js';
import type {
  StartWorkerOptions,
  StopOptions,
  StopStep,
  WorkerExit,
  WorkerHandle,
  WorkerKind,
  WorkerResourceLimits,
} from './worker-handle.js';

/** What a child is made from, checked. */
export interface ChildPlan {
  readonly kind: WorkerKind;
  readonly name: string;
  readonly numbers: readonly number[];
  readonly daemon: boolean;
  readonly target: TaskLike | undefined;
  readonly args: readonly unknown[];
  readonly transfer: readonly object[] | undefined;
  readonly resourceLimits: WorkerResourceLimits | undefined;
}

/** How a worker sees the object that stands for it. */
export interface OwnPlan {
  readonly kind: WorkerKind;
  readonly name: string;
  readonly daemon: boolean;
  readonly threadId: number | undefined;
  readonly run: () => unknown;
}

/** How long a child may take to answer SIGTERM, in milliseconds. */
const GRACE = 500;

type State = 'new' | 'running' | 'ended' | 'here';

/** @internal */
export class ChildLife {
  readonly kind: WorkerKind;
  readonly name: string;
  #state: State;
  #closed = false;
  #daemon: boolean;
  /** Gone once it was sent: the parent must not keep alive what only the child needs. */
  #plan: ChildPlan | undefined;
  readonly #own: OwnPlan | undefined;
  #handle: WorkerHandle | undefined;
  #asked: 'SIGTERM' | 'SIGKILL' | undefined;
  #exitCode: number | undefined;
  #sentinel: Promise<void> | undefined;
  /** What was set up for the time of its life. */
  readonly #undo: (() => void)[] = [];

  constructor(plan: ChildPlan | OwnPlan) {
    this.kind = plan.kind;
    this.name = plan.name;
    this.#daemon = plan.daemon;
    const own = 'run' in plan ? plan : undefined;
    this.#own = own;
    this.#plan = own === undefined ? (plan as ChildPlan) : undefined;
    this.#state = own === undefined ? 'new' : 'here';
  }

  get args(): readonly unknown[] {
    return this.#plan?.args ?? [];
  }

  get daemon(): boolean {
    return this.#daemon;
  }

  set daemon(value: boolean) {
    this.#refuseClosed('make a daemon of');
    if (this.#state !== 'new') {
      throw new InvalidStateError(`Cannot change whether ${this.name} is a daemon: it was started; set it before`);
    }
    this.#daemon = value;
  }

  get pid(): number | undefined {
    this.#refuseClosed('read the pid of');
    return this.#state === 'here' ? process.pid : this.#handle?.pid;
  }

  get threadId(): number | undefined {
    this.#refuseClosed('read the threadId of');
    return this.#own?.threadId ?? this.#handle?.threadId;
  }

  get exitCode(): number | undefined {
    this.#refuseClosed('read the exitCode of');
    return this.#exitCode;
  }

  get sentinel(): Promise<void> {
    return this.#mustHaveStarted('read the sentinel of');
  }

  get isAlive(): boolean {
    this.#refuseClosed('ask after');
    return this.#state === 'running' || this.#state === 'here';
  }

  /** Runs the target right here. */
  run(): unknown {
    if (this.#own !== undefined) return this.#own.run();
    const target = this.#plan?.target;
    return target === undefined ? undefined : localTask(target)(...this.args);
  }

  /**
   * @param child - the public object, for `activeChildren()`
   * @param encodeInstance - makes a subclass's instance ready to be sent
   */
  start(child: Child, encodeInstance: (options: EncodeOptions) => unknown): void {
    this.#refuseClosed('start');
    const plan = this.#plan;
    if (this.#state !== 'new' || plan === undefined) {
      throw new InvalidStateError(`Cannot start ${this.name}: it was started before; make a new one`);
    }
    const moved = [...(plan.transfer ?? [])];
    // Everything that cannot travel is found here, while nothing has been started.
    const work = this.#pack(plan, encodeInstance, moved);
    let ended = (): void => {};
    const sentinel = new Promise<void>((resolve) => (ended = resolve));
    const handle = this.#open(plan, () => ended());
    try {
      handle.post(work, moved);
    } catch (cause) {
      void handle.stop({ from: 'killed' });
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new SerializationError(`Cannot start ${this.name}: ${why}`, { path: this.name, cause });
    }
    this.#handle = handle;
    this.#state = 'running';
    this.#plan = undefined;
    this.#sentinel = sentinel;
    activeSet().add(child);
    this.#undo.push(() => activeSet().delete(child));
    if (!this.#daemon) this.#undo.push(holdProcess());
    else if (this.kind === 'process') this.#undo.push(stopAtExit(() => void handle.stop({ from: 'terminated' })));
  }

  async join(options?: WaitOptions): Promise<boolean> {
    return joined(this.#mustHaveStarted('join'), `join ${this.name}`, options);
  }

  async stop(what: 'terminate' | 'kill', options: StopOptions): Promise<StopStep> {
    void this.#mustHaveStarted(what);
    const grace = checkTimeout(options.grace ?? GRACE);
    this.#asked ??= what === 'kill' ? 'SIGKILL' : 'SIGTERM';
    return (this.#handle as WorkerHandle).stop({ grace, from: what === 'kill' ? 'killed' : 'terminated' });
  }

  close(): void {
    if (this.#closed) return;
    if (this.#state === 'here') throw this.#itself('close');
    if (this.#state === 'running') {
      throw new InvalidStateError(`Cannot close ${this.name} while it runs: join() it first, or terminate() it`);
    }
    this.#closed = true;
    this.#plan = undefined;
    this.#handle = undefined;
    this.#sentinel = undefined;
  }

  async dispose(): Promise<void> {
    if (this.#closed || this.#state === 'here') return;
    if (this.#state === 'running') {
      if (this.#daemon) await this.stop('terminate', {});
      await this.join();
    }
    this.close();
  }

  /** For people: `pid 1234, running`. */
  describe(): string {
    if (this.#closed) return 'closed';
    if (this.#state === 'here') return 'running here';
    const where = this.#handle?.label;
    const state = this.#state === 'ended' ? `ended with ${this.#exitCode}` : this.#state;
    return [...(where === undefined ? [] : [where]), state, ...(this.#daemon ? ['daemon'] : [])].join(', ');
  }

  #pack(plan: ChildPlan, encodeInstance: (options: EncodeOptions) => unknown, moved: object[]): Work {
    const { kind: ground, target, args, transfer } = plan;
    const options = { ground, subject: this.name, moved, ...(transfer === undefined ? {} : { transfer }) };
    const context = contextHere();
    return {
      target: target === undefined ? undefined : captureTask(target, ground),
      args: encodeValue(args, { ...options, name: 'args' }),
      instance: encodeInstance(options),
      context:
        context === undefined
          ? undefined
          : encodeValue(context, { ground, subject: this.name, moved, name: 'context' }),
    };
  }

  #open(plan: ChildPlan, ended: () => void): WorkerHandle {
    const handle = this.#begin({
      name: this.name,
      entry: childEntry(),
      daemon: this.#daemon,
      numbers: plan.numbers,
      execArgv: inheritedFlags(),
      resourceLimits: plan.resourceLimits,
      onReady: () => {},
      onMessage: () => {},
      onExit: (exit) => {
        // The end of an attempt to start that failed is nobody's end.
        if (this.#handle !== handle) return;
        this.#end(exit);
        ended();
      },
    });
    if (handle.pid !== undefined) return handle;
    throw new InterleaveError(
      `Cannot start ${this.name}: the operating system gave it no process; look for a limit on processes or memory`,
      { code: 'ERR_START' },
    );
  }

  #begin(options: StartWorkerOptions): WorkerHandle {
    try {
      return (this.kind === 'thread' ? startThread : startProcess)(options);
    } catch (cause) {
      throw new InterleaveError(`Cannot start ${this.name}: ${(cause as Error).message}`, { code: 'ERR_START', cause });
    }
  }

  #end(exit: WorkerExit): void {
    this.#state = 'ended';
    this.#exitCode = exitCodeOf(exit, this.#asked);
    for (const undo of this.#undo.splice(0)) undo();
    // Node ended it (no memory left, an entry that cannot be loaded), so it had no say.
    if (exit.error !== undefined) forwardOutput(2, uncaughtText(this.name, exit.error));
  }

  #mustHaveStarted(what: string): Promise<void> {
    this.#refuseClosed(what);
    if (this.#state === 'here') throw this.#itself(what);
    if (this.#sentinel === undefined) {
      throw new InvalidStateError(`Cannot ${what} ${this.name}: it was not started; call start() first`);
    }
    return this.#sentinel;
  }

  #itself(what: string): InvalidStateError {
    return new InvalidStateError(`Cannot ${what} ${this.name} from inside: it is what runs this code; ask its parent`);
  }

  #refuseClosed(what: string): void {
    if (this.#closed) throw new ClosedError(`Cannot ${what} ${this.name}: it was closed; read what you need before`);
  }
}
