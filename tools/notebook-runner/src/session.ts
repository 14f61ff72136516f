/**
 * A conversation with one kernel: start, execute cell after cell, stop.
 *
 * An execution is over when the kernel has replied **and** is idle: the reply says how it went, the idle says that
 * everything the cell printed has been sent.
 */
import { kernelSpec } from '@interleave/kernel';
import type { KernelSpec } from '@interleave/kernel';
import { Connection } from './connection.js';
import type { Channel } from './connection.js';
import { describeExit, KernelProcess } from './kernel-process.js';
import type { KernelExit } from './kernel-process.js';
import { NotebookOutputs } from './outputs.js';
import type { CellOutputs } from './outputs.js';
import type { Message } from './wire.js';
import { workspaceRoot } from './workspace.js';

/** How an execution ended. */
export type ExecutionStatus = 'ok' | 'error' | 'aborted' | 'timeout' | 'died';

export interface Execution {
  readonly status: ExecutionStatus;
  readonly outputs: CellOutputs;
  /** Milliseconds from the request to the end. */
  readonly ms: number;
  /** How the kernel ended, when `status` is `died`, or `timeout` and it had to be killed. */
  readonly exit?: KernelExit;
}

export interface SessionOptions {
  /** The folder that the notebook is in. */
  readonly cwd: string;
  /** What to start; the workspace's kernel by default. */
  readonly spec?: KernelSpec;
  /** Milliseconds a kernel may take to answer for the first time; 60,000 by default. */
  readonly startTimeout?: number;
  /** Milliseconds between an interrupt after a timeout and the kill; 2,000 by default. */
  readonly grace?: number;
}

export interface ExecuteOptions {
  /** Milliseconds the code may run. */
  readonly timeout: number;
  /** Whether a failure aborts what is queued behind; true by default. */
  readonly stopOnError?: boolean;
  /** What stacks call the code; `cell-1`, `cell-2`, ... by default. */
  readonly cellId?: string;
}

/** The kernel ended, or did not answer, before it could be used. */
export class KernelStartError extends Error {
  override readonly name = 'KernelStartError';
}

/** Milliseconds for an answer that needs no cell to run. */
const ASK_TIMEOUT = 10_000;

interface Pending {
  reply: Message | undefined;
  idle: boolean;
  readonly done: () => void;
}

export class KernelSession {
  static readonly #open = new Set<KernelSession>();
  readonly #connection: Connection;
  readonly #process: KernelProcess;
  readonly #options: SessionOptions;
  readonly #outputs = new NotebookOutputs();
  readonly #pending = new Map<string, Pending>();
  #heardIopub: (() => void) | undefined;
  #lastHeard = 0;
  #lastText = '';
  #exit: KernelExit | undefined;

  private constructor(connection: Connection, process: KernelProcess, options: SessionOptions) {
    this.#connection = connection;
    this.#process = process;
    this.#options = options;
    void process.exited.then((exit) => {
      this.#exit = exit;
    });
  }

  /**
   * Starts a kernel and waits until it answers on all sockets.
   *
   * @throws {KernelMissingError} if there is nothing to start
   * @throws {KernelStartError} if it ends or stays silent
   */
  static async start(options: SessionOptions): Promise<KernelSession> {
    const connection = await Connection.create();
    let session: KernelSession;
    try {
      const spec = options.spec ?? kernelSpec(workspaceRoot);
      session = new KernelSession(connection, KernelProcess.start(spec, connection.file, options.cwd), options);
    } catch (error) {
      await connection.close();
      throw error;
    }
    KernelSession.#open.add(session);
    try {
      connection.open((channel, message) => session.#receive(channel, message));
      await session.#handshake();
      return session;
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  /** Kills every kernel of this process, for when it has to end at once. */
  static async killAll(): Promise<void> {
    await Promise.all(
      [...KernelSession.#open].map(async (session) => {
        await session.#process.stop(0);
        await session.close();
      }),
    );
  }

  /** The process id of the kernel. */
  get pid(): number {
    return this.#process.pid;
  }

  /** How the kernel ended, once it has. */
  get exit(): KernelExit | undefined {
    return this.#exit;
  }

  /** What the kernel wrote past the protocol, for a message about its end. */
  get lastWords(): string {
    return this.#process.lastWords;
  }

  /** Runs code and resolves when it is over, in whichever way. Never rejects. */
  async execute(code: string, options: ExecuteOptions): Promise<Execution> {
    const started = performance.now();
    const content = {
      code,
      silent: false,
      store_history: true,
      user_expressions: {},
      allow_stdin: false,
      stop_on_error: options.stopOnError ?? true,
    };
    const metadata = options.cellId === undefined ? {} : { cellId: options.cellId };
    const { id, done } = this.#request('shell', 'execute_request', content, metadata);
    const outputs = this.#outputs.expect(id);
    const end = (status: ExecutionStatus): Execution => ({
      status,
      outputs,
      ms: performance.now() - started,
      ...(this.#exit ? { exit: this.#exit } : {}),
    });
    const first = await this.#race(done, options.timeout);
    if (first === 'done') return end(this.#status(id));
    if (first === 'died') {
      await this.#drain();
      return end('died');
    }
    this.interrupt();
    const second = await this.#race(done, this.#options.grace ?? 2_000);
    if (second === 'late') await this.#process.stop(0);
    if (second !== 'done') await this.#drain();
    return end('timeout');
  }

  /**
   * Asks the kernel anything else: completion, inspection, what it is.
   *
   * @param type - a request of the shell channel, such as `complete_request`
   * @returns the reply, when the kernel is idle again
   * @throws {Error} if the kernel ends, or does not answer within ten seconds
   */
  async ask(
    type: string,
    content: Readonly<Record<string, unknown>> = {},
  ): Promise<{ readonly type: string; readonly content: Readonly<Record<string, unknown>> }> {
    const { id, done } = this.#request('shell', type, content);
    const result = await this.#race(done, ASK_TIMEOUT);
    const reply = this.#pending.get(id)?.reply;
    this.#pending.delete(id);
    if (!reply)
      throw new Error(`Cannot get an answer to ${type}: the kernel ${result === 'died' ? 'ended' : 'is silent'}`);
    return { type: reply.header.msg_type, content: reply.content };
  }

  /** The text that the kernel printed last, of whichever cell. */
  get lastText(): string {
    return this.#lastText;
  }

  /** Interrupts what the kernel is doing. */
  interrupt(): void {
    this.#process.interrupt();
  }

  /**
   * Waits until the kernel has nothing more to say: until it was quiet for `quiet` milliseconds, but not longer than `limit`.
   *
   * Output of timers and workers that outlive their cell arrives here.
   */
  async settle(quiet: number, limit: number): Promise<void> {
    if (this.#exit) return;
    const until = performance.now() + limit;
    const { done } = this.#request('shell', 'kernel_info_request');
    await this.#race(done, limit);
    for (let rest = quiet; rest > 0 && performance.now() < until && !this.#exit;) {
      await this.#race(new Promise(() => undefined), Math.min(rest, until - performance.now()));
      rest = this.#lastHeard + quiet - performance.now();
    }
  }

  /** Stops the kernel and everything it started, and removes every file and socket. */
  async close(): Promise<void> {
    if (!this.#exit) this.#connection.request('control', 'shutdown_request', { restart: false });
    await this.#process.stop(this.#exit ? 0 : 1_000);
    await this.#connection.close();
    KernelSession.#open.delete(this);
  }

  #request(
    channel: 'shell' | 'control',
    type: string,
    content: Readonly<Record<string, unknown>> = {},
    metadata: Readonly<Record<string, unknown>> = {},
  ): { id: string; done: Promise<void> } {
    let done: () => void = () => undefined;
    const promise = new Promise<void>((resolve) => (done = resolve));
    const id = this.#connection.request(channel, type, content, metadata);
    this.#pending.set(id, { reply: undefined, idle: false, done });
    return { id, done: promise };
  }

  #status(id: string): ExecutionStatus {
    const status = this.#pending.get(id)?.reply?.content['status'];
    this.#pending.delete(id);
    if (status === 'ok' || status === 'error') return status;
    return 'aborted';
  }

  #receive(channel: Channel, message: Message): void {
    this.#lastHeard = performance.now();
    const pending = this.#pending.get(message.parent.msg_id ?? '');
    if (channel === 'iopub') {
      this.#heardIopub?.();
      if (message.header.msg_type === 'status' && message.content['execution_state'] === 'idle') {
        if (pending) pending.idle = true;
      } else {
        if (message.header.msg_type === 'stream') this.#lastText = String(message.content['text']);
        this.#outputs.apply(message);
      }
    } else if (pending && message.header.msg_type.endsWith('_reply')) {
      pending.reply = message;
    }
    if (pending?.reply && pending.idle) pending.done();
  }

  /** A subscriber hears nothing of what was said before it had subscribed: ask until it hears. */
  async #handshake(): Promise<void> {
    const heard = new Promise<void>((resolve) => (this.#heardIopub = resolve));
    const until = performance.now() + (this.#options.startTimeout ?? 60_000);
    const replied = this.#request('shell', 'kernel_info_request');
    this.#pending.get(replied.id)!.idle = true;
    let ready = await this.#race(Promise.all([replied.done, heard]), 1_000);
    while (ready === 'late' && performance.now() < until) {
      const { id, done } = this.#request('shell', 'kernel_info_request');
      this.#pending.get(id)!.idle = true;
      ready = await this.#race(Promise.all([Promise.race([done, replied.done]), heard]), 100);
    }
    this.#heardIopub = undefined;
    if (ready === 'done') return;
    const said = this.lastWords ? `: ${this.lastWords.slice(-500)}` : '';
    throw new KernelStartError(
      ready === 'died'
        ? `Cannot start the kernel: it ended with ${describeExit(this.#exit ?? { code: null, signal: null })}${said}`
        : `Cannot start the kernel: no answer within ${this.#options.startTimeout ?? 60_000} ms${said}`,
    );
  }

  /** What had been sent before the kernel ended is still on its way. */
  async #drain(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }

  async #race(done: Promise<unknown>, ms: number): Promise<'done' | 'late' | 'died'> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => (timer = setTimeout(() => resolve('late'), Math.max(0, ms))));
    const result = await Promise.race([
      done.then(() => 'done' as const),
      this.#process.exited.then(() => 'died' as const),
      late,
    ]);
    clearTimeout(timer);
    return result;
  }
}
