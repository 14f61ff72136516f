import type { WaitOptions } from '@interleave/core';
import {
  decodeValue,
  encodeValue,
  fromTransfer,
  isTask,
  restoreTask,
  runInContext,
  toTransfer,
  type EncodeOptions,
  type TaskLike,
} from '@interleave/transfer';
import { inspect } from 'node:util';
import { threadId } from 'node:worker_threads';
import { ChildLife, type ChildPlan } from './child-life.js';
import { childName, nextNumbers } from './child-name.js';
import { identity } from './identity.js';
import type { Work } from './protocol.js';
import type { StopOptions, StopStep, WorkerKind } from './worker-handle.js';

/** What a `Thread` or a `Process` is made from. */
export interface ChildOptions<A extends unknown[] = unknown[]> {
  /**
   * What it does: a function as you wrote it, with what it closes over, or a task made by `task` or `moduleTask`. May be
   * async. Its return value is dropped. Default: nothing, for a subclass with its own `run()`.
   */
  readonly target?: TaskLike<A, unknown> | undefined;
  /** The arguments of the target; they are copied when it starts. Default none. */
  readonly args?: readonly [...A] | undefined;
  /** For messages, and for the child itself. Default `Process-1`, `Thread-1 (work)` and so on. */
  readonly name?: string | undefined;
  /**
   * Whether it ends with this program instead of keeping it alive. Default: what this thread or process itself is, `false`
   * in the main program.
   */
  readonly daemon?: boolean | undefined;
}

/** Options of `terminate()`. */
export type TerminateOptions = Pick<StopOptions, 'grace'>;

/** What is behind each object. A WeakMap and not private fields, which would keep instances from travelling. */
const lives = new WeakMap<Child, ChildLife>();

/** The instance that is being sent by its own `start()`. */
let leaving: Child | undefined;

/**
 * What {@link Thread} and {@link Process} have in common: something of its own that runs beside you, from `start()` to its
 * end. Use one of the two.
 *
 * Everything here answers for this moment; only `join()`, `sentinel` and the result of `terminate()` and `kill()` wait.
 */
export abstract class Child<A extends unknown[] = unknown[]> {
  /** @internal */
  protected constructor(
    kind: WorkerKind,
    options: ChildOptions<A> & Partial<Pick<ChildPlan, 'transfer' | 'resourceLimits'>>,
    prefix: string,
  ) {
    const { target, args = [], name, daemon = identity().daemon, transfer, resourceLimits } = options;
    const cannot = `Cannot make a ${prefix}`;
    if (target !== undefined && typeof target !== 'function' && !isTask(target)) {
      throw new TypeError(`${cannot}: its target is ${inspect(target)}; pass a function, or a task made by task()`);
    }
    if (!Array.isArray(args)) throw new TypeError(`${cannot}: args is ${inspect(args)}; pass an array`);
    if (name !== undefined && typeof name !== 'string') {
      throw new TypeError(`${cannot}: its name is ${inspect(name)}; pass a string`);
    }
    checkDaemon(daemon, cannot);
    const numbers = nextNumbers(kind);
    const detail = kind === 'thread' && target !== undefined ? target.name : '';
    lives.set(
      this,
      new ChildLife({
        kind,
        name: name ?? childName(prefix, numbers, detail),
        numbers,
        daemon,
        target,
        args: [...args],
        transfer,
        resourceLimits,
      }),
    );
  }

  /** Its name. */
  get name(): string {
    return lifeOf(this).name;
  }

  /** The arguments of the target; empty once it has started, because they are held by the child alone then. */
  get args(): readonly unknown[] {
    return lifeOf(this).args;
  }

  /**
   * Whether it ends with this program instead of keeping it alive. Can be set until it starts.
   *
   * @throws {InvalidStateError} when set after the start
   */
  get daemon(): boolean {
    return lifeOf(this).daemon;
  }

  set daemon(value: boolean) {
    checkDaemon(value, `Cannot make a daemon of ${this.name}`);
    lifeOf(this).daemon = value;
  }

  /** The operating system's number of the process it runs in, or `undefined` before its start. */
  get pid(): number | undefined {
    return lifeOf(this).pid;
  }

  /**
   * How it ended: its exit status from 0 to 255, or the negative number of the signal that ended it (-15 after
   * `terminate()`, -9 after `kill()`, for threads too). `undefined` before that.
   */
  get exitCode(): number | undefined {
    return lifeOf(this).exitCode;
  }

  /**
   * Settles when it has ended, and stays so: `await Promise.race([a.sentinel, b.sentinel])` waits for the first of two.
   * Unlike `join()` it does not keep the program alive while somebody waits for it.
   *
   * @throws {InvalidStateError} before the start
   */
  get sentinel(): Promise<void> {
    return lifeOf(this).sentinel;
  }

  /** Whether it was started and has not ended. */
  isAlive(): boolean {
    return lifeOf(this).isAlive;
  }

  /**
   * What it does on the other side: calls the target. A subclass puts its own in this place, may be async, and finds its
   * fields in `this`; what it changes there stays there.
   */
  run(): unknown {
    return lifeOf(this).run();
  }

  /**
   * Starts it. The target with what it closes over, the arguments and, for a subclass, the fields are copied now, and so is
   * what the storages of `carryContext` hold.
   *
   * @throws {InvalidStateError} if it was started before
   * @throws {SerializationError} if something cannot travel; nothing was started then, and `path` leads to it
   * @throws {InterleaveError} with code `ERR_START` if the operating system or Node's permission model refuses
   */
  start(): void {
    const life = lifeOf(this);
    life.start(this, (options) => (isPlain(this) ? undefined : encodeInstance(this, options)));
  }

  /**
   * Waits until it has ended. However many wait, and however often, each gets the same answer. Nothing about the child
   * changes when a wait is given up.
   *
   * @param options - `timeout` in milliseconds, for ever if left out, negative is the same as 0; `signal` stops the wait
   * @returns whether it has ended; `false` if the time ran out before
   * @throws {InvalidStateError} before the start, and when it waits for itself
   * @throws {CancelledError} when the signal aborts
   * @throws {TypeError | RangeError} for a bad timeout
   */
  join(options?: WaitOptions): Promise<boolean> {
    return lifeOf(this).join(options);
  }

  /**
   * Ends it from outside: SIGTERM for a process, which may listen for that signal and tidy up; a thread is interrupted at
   * its next JavaScript instruction, and runs no `exit` handlers. If it is still there after the grace, it is killed.
   *
   * Its own children end with it. What it was in the middle of writing stays half written. Nobody has to wait for the
   * result, which is never a failure once it runs: `join({ timeout, signal })` waits with a limit.
   *
   * @param options - `grace`: how long it may take before it is killed, in milliseconds, default 500; `Infinity` for as
   * long as it likes
   * @returns what was needed, once it has ended: `terminated`, `killed`, or `asked` if it had ended by itself before
   * @throws {InvalidStateError} before the start
   * @throws {TypeError | RangeError} for a grace that is no timeout
   */
  terminate(options: TerminateOptions = {}): Promise<StopStep> {
    return lifeOf(this).stop('terminate', options);
  }

  /**
   * Ends it from outside without asking: SIGKILL for a process; a thread knows no difference to `terminate()`.
   *
   * @returns `killed` once it has ended, or what was needed before
   * @throws {InvalidStateError} before the start
   */
  kill(): Promise<StopStep> {
    return lifeOf(this).stop('kill', {});
  }

  /**
   * Lets go of it after its end. A second call does nothing; everything else but its name and flags then fails.
   *
   * @throws {InvalidStateError} while it runs
   */
  close(): void {
    lifeOf(this).close();
  }

  /** Waits for its end, terminates it first if it is a daemon, and closes it; as programs do with their children. */
  [Symbol.asyncDispose](): Promise<void> {
    return lifeOf(this).dispose();
  }

  toString(): string {
    return `${className(this)} "${this.name}" (${lifeOf(this).describe()})`;
  }

  [inspect.custom](): string {
    return this.toString();
  }

  /**
   * Only the object's own `start()` sends it, as its fields; anybody else would get something that looks like the child
   * and is not.
   *
   * @internal
   */
  get [toTransfer](): unknown {
    if (leaving === this) return undefined;
    return () => {
      throw new TypeError(`${this.toString()} stays with the one who made it; pass its pid or its name`);
    };
  }

  /** @internal */
  static [fromTransfer](): never {
    throw new TypeError('A child stays with the one who made it');
  }
}

/** Does what the parent sent, in the thread or process that was started for it. @internal */
export async function doWork({ target, args, instance, context }: Work): Promise<void> {
  const fn = target === undefined ? undefined : await restoreTask(target);
  const list = (await decodeValue(args)) as unknown[];
  const here = context === undefined ? {} : ((await decodeValue(context)) as Record<string, unknown>);
  if (instance === undefined) {
    await runInContext(here, () => fn?.(...list));
    return;
  }
  const own = (await decodeValue(instance)) as Child;
  const { kind, name, daemon } = identity();
  const isThread = kind === 'thread';
  lives.set(
    own,
    new ChildLife({
      kind: isThread ? 'thread' : 'process',
      name,
      daemon,
      threadId: isThread ? threadId : undefined,
      run: () => fn?.(...list),
    }),
  );
  await runInContext(here, () => own.run());
}

/** @internal */
export function lifeOf(child: Child): ChildLife {
  const life = lives.get(child);
  if (life === undefined) throw new TypeError('Cannot use a child that its class did not make; call super() first');
  return life;
}

/** The fields of a subclass's instance, with its class. */
function encodeInstance(child: Child, options: EncodeOptions): unknown {
  leaving = child;
  try {
    return encodeValue(child, { ...options, name: className(child) });
  } finally {
    leaving = undefined;
  }
}

/** Whether nobody has made a subclass: then there is nothing to send but the target. */
function isPlain(child: Child): boolean {
  return Object.getPrototypeOf(Object.getPrototypeOf(child)) === Child.prototype;
}

function className(child: Child): string {
  return child.constructor.name || 'Child';
}

function checkDaemon(daemon: unknown, cannot: string): void {
  if (typeof daemon !== 'boolean') throw new TypeError(`${cannot}: daemon is ${inspect(daemon)}; pass true or false`);
}
