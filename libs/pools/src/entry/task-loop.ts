import { fileURLToPath } from 'node:url';
import { types } from 'node:util';
import {
  decodeValue,
  encodeValue,
  restoreTask,
  runInContext,
  type Ground,
  type TaskDefinition,
} from '@interleave/transfer';
import { setOnlyTask, type CurrentTask } from '../current-task.js';
import type { Claims } from '../dispatcher/claims.js';
import {
  ANNOUNCE,
  ARGS_ENCODED,
  ARGS_LIST,
  ARGS_MASK,
  ARGS_NONE,
  ARGS_ONE,
  CHUNK,
  CONTEXT,
  ITEMS,
  LOOK_OUT,
  RETURNED,
  RUN_STRIDE,
  STAMP,
  STAYS,
  STREAM,
  THREW,
  WINDOW_SHIFT,
  type Run,
} from '../protocol.js';
import { Lookout } from '../lookout.js';
import { StreamOut } from '../stream-out.js';
import type { ChunkResults } from './chunk-results.js';
import { decodeArguments } from './decode-arguments.js';
import { instant } from './instant.js';
import { Outbox, type Post } from './outbox.js';
import { runChunk } from './run-chunk.js';

type Call = (...args: unknown[]) => unknown;

/** A function this worker has been taught, and how quick it is. */
interface Callee {
  readonly index: number;
  readonly definition: TaskDefinition;
  call: Call | undefined;
  /** For how many more calls it is expected that one may take longer than {@link SLOW}. */
  slow: number;
}

/** How long an outcome may wait for others to go along with it, in milliseconds, unless it may not wait at all. */
const PATIENCE = 2;

/** A call that takes longer is slow, in milliseconds. */
const SLOW = 1;

/** For how many calls at most a function is treated with care after a slow one: the square of its milliseconds (15 µs each). */
const WARY = 250;

/** How long others may wait here for a task that waits, in milliseconds. */
const STUCK = 10;

/** How much work may wait here, in milliseconds at the present pace, before it is given back. */
const BACKLOG = 50;

/**
 * Runs the tasks of one worker, one at a time, in the order in which they came.
 *
 * Outcomes are collected and sent together, at the latest after two milliseconds and always before the worker waits.
 * While a task waits (for a timer, for the network) the event loop of the worker turns, but no other task begins.
 */
export class TaskLoop {
  readonly #ground: Ground;
  readonly #name: string;
  readonly #post: Post;
  readonly #claims: Claims | undefined;
  /** How long an outcome may wait for others to go along with it, in milliseconds. */
  readonly #patience: number;
  readonly #callees = new Map<number, Callee>();
  #queue: Run = [];
  #head = 0;
  #running = false;
  #watching = false;
  #closed = false;
  /** The slot of the task that runs, or -1, and how many have run: a late call of an old task's methods is ignored. */
  #slot = -1;
  #turn = 0;
  #controller: AbortController | undefined;
  #stream: StreamOut | undefined;
  #callee: Callee | undefined;
  /** How many calls of its function the task that runs is. */
  #calls = 1;
  readonly #outbox: Outbox;
  readonly #lookout = new Lookout(setImmediate, instant);
  /** Whether the next task is expected soon. */
  #lookOut = false;

  /** @param how - `claims`: the table of the executor, if it has one; `prompt`: whether outcomes go out one by one */
  constructor(
    ground: Ground,
    name: string,
    post: Post,
    how: { readonly claims: Claims | undefined; readonly prompt: boolean },
  ) {
    this.#ground = ground;
    this.#name = name;
    this.#post = post;
    this.#outbox = new Outbox(ground, post, () => fileURLToPath(import.meta.url));
    this.#claims = how.claims;
    this.#patience = how.prompt ? -1 : PATIENCE;
    setOnlyTask(() => this.#current());
  }

  define(index: number, definition: TaskDefinition): void {
    this.#callees.set(index, { index, definition, call: undefined, slow: 0 });
  }

  forget(index: number): void {
    this.#callees.delete(index);
  }

  /** Takes tasks in, and begins if nothing runs. */
  run(tasks: Run): void {
    // Looked up now: a function may be forgotten before its tasks get their turn.
    for (let at = 0; at < tasks.length; at += RUN_STRIDE) tasks[at + 1] = this.#callees.get(tasks[at + 1] as number);
    if (this.#head === this.#queue.length) {
      this.#queue = tasks;
      this.#head = 0;
    } else for (const each of tasks) this.#queue.push(each);
    if (!this.#running) this.#work();
    else this.#watch();
  }

  /** Aborts the signal of a task, if it still runs. */
  abort(slot: number, reason: string): void {
    if (slot !== this.#slot) return;
    this.#controller ??= new AbortController();
    this.#controller.abort(new Error(reason));
  }

  /** So many values of a streaming task were read. */
  allow(slot: number, count: number): void {
    if (slot === this.#slot) this.#stream?.allow(count);
  }

  /** Begins no more tasks. @returns the slot of the task that runs, or -1 */
  close(): number {
    this.#closed = true;
    this.flush();
    return this.#slot;
  }

  /** Begins tasks one after another until one of them has to wait. */
  #work(): void {
    this.#running = true;
    let now = instant();
    this.#lookout.met(now);
    this.#outbox.sent = now;
    while (this.#head < this.#queue.length && !this.#closed) {
      const queue = this.#queue;
      const at = this.#head;
      const slot = queue[at] as number;
      const callee = queue[at + 1] as Callee;
      const flags = queue[at + 2] as number;
      const args = queue[at + 3];
      this.#lookOut = (flags & LOOK_OUT) !== 0;
      queue[at + 3] = undefined;
      this.#head += RUN_STRIDE;
      if (this.#claims?.claim(slot) === false) {
        this.#outbox.skip(slot);
        continue;
      }
      this.#slot = slot;
      this.#callee = callee;
      this.#calls = 1;
      if (callee.slow > 0) {
        // What has been done must not wait for a task that may take long.
        this.flush();
      }
      const shape = flags & ARGS_MASK;
      if (callee.call === undefined || (flags & (ANNOUNCE | STREAM | CONTEXT)) !== 0) {
        void this.#prepared(slot, callee, flags, args);
        return;
      }
      const begin = now;
      let value: unknown;
      let ok = true;
      try {
        const { call } = callee;
        const list = shape === ARGS_ENCODED ? this.#decoded(args) : args;
        if (types.isPromise(list)) {
          void this.#prepared(slot, callee, flags, list);
          return;
        }
        if ((flags & CHUNK) !== 0) value = this.#chunk(callee, call, flags, list as ArrayLike<unknown>);
        else value = shape === ARGS_NONE ? call() : shape === ARGS_ONE ? call(list) : call(...(list as unknown[]));
      } catch (error) {
        ok = false;
        value = error;
      }
      if (ok && types.isPromise(value)) {
        this.#await(slot, callee, flags, begin, value);
        return;
      }
      now = instant();
      this.#settle(slot, callee, flags, begin, now, ok ? RETURNED : THREW, value);
      this.#report(now);
    }
    this.#running = false;
    this.#queue = [];
    this.#head = 0;
    this.#outbox.flushTurn(now);
    if (this.#lookOut) this.#lookout.expect(now);
  }

  /**
   * Sends what has been done, if it has waited long or the next task could change it. If what waits here would take much longer
   * at this pace, it was sent ahead in the wrong belief that tasks are short, and goes back: others may be free.
   */
  #report(now: number): void {
    if (now - this.#outbox.sent <= this.#patience && !this.#outbox.hasObject) return;
    const left = (this.#queue.length - this.#head) / RUN_STRIDE;
    const done = this.#outbox.size;
    if (left > 0 && (left * (now - this.#outbox.sent)) / Math.max(1, done) > BACKLOG) this.#giveBack();
    this.flush();
  }

  #giveBack(): void {
    const kept: Run = [];
    for (let at = this.#head; at < this.#queue.length; at += RUN_STRIDE) {
      const slot = this.#queue[at] as number;
      if (((this.#queue[at + 2] as number) & STAYS) !== 0) {
        kept.push(...this.#queue.slice(at, at + RUN_STRIDE));
        continue;
      }
      // So that the executor does not take it back at the same moment. If it has, this is the answer to that.
      this.#claims?.claim(slot);
      this.#outbox.skip(slot);
    }
    this.#queue = kept;
    this.#head = 0;
  }

  /** What has to wait here too long goes back. From a thread it is taken. */
  #watch(): void {
    if (this.#claims !== undefined || this.#watching || this.#head === this.#queue.length) return;
    this.#watching = true;
    const turn = this.#turn;
    const look = (): void => {
      this.#watching = false;
      if (turn !== this.#turn) this.#watch();
      else {
        this.#giveBack();
        this.flush();
      }
    };
    setTimeout(look, STUCK).unref();
  }

  /** A task that waits. Others do not begin meanwhile; what has been done goes out. */
  #await(slot: number, callee: Callee, flags: number, begin: number, promise: Promise<unknown>): void {
    // A chain of async functions that never really wait still shares its messages.
    if (this.#outbox.size > 0) this.#outbox.flushLater();
    this.#watch();
    const settle = (status: number, value: unknown): void => {
      this.#settle(slot, callee, flags, begin, instant(), status, value);
      const now = instant();
      this.#report(now);
      this.#work();
    };
    promise.then(
      (value) => settle(RETURNED, value),
      (error: unknown) => settle(THREW, error),
    );
  }

  /** The long way: functions to rebuild, arguments to decode, announcements. */
  async #prepared(slot: number, callee: Callee, flags: number, args: unknown): Promise<void> {
    let begin = instant();
    let status = RETURNED;
    // In a box, so that a value with a `then` method stays what it is.
    let outcome: { readonly value: unknown };
    try {
      const call = (callee.call ??= await restoreTask(callee.definition));
      const [context, sent] = (flags & CONTEXT) === 0 ? [undefined, args] : (args as [unknown, unknown]);
      const list = await (types.isPromise(sent) ? (sent as Promise<unknown[]>) : this.#arguments(flags, sent));
      const here = context === undefined ? undefined : ((await decodeValue(context)) as Record<string, unknown>);
      // Given up by its caller before it began.
      this.#controller?.signal.throwIfAborted();
      if ((flags & ANNOUNCE) !== 0) this.#post({ type: 'started', slot });
      begin = instant();
      const run = (): unknown => ((flags & CHUNK) === 0 ? call(...list) : this.#chunk(callee, call, flags, list));
      const returned = here === undefined ? run() : runInContext(here, run);
      outcome = { value: types.isPromise(returned) ? await returned : returned };
      if ((flags & STREAM) !== 0) outcome = { value: await this.#pour(slot, flags, outcome.value) };
    } catch (error) {
      status = THREW;
      outcome = { value: error };
    }
    this.#settle(slot, callee, flags, begin, instant(), status, outcome.value);
    const now = instant();
    this.#report(now);
    this.#work();
  }

  /** Sends what a streaming task yields. */
  #pour(slot: number, flags: number, returned: unknown): Promise<void> {
    const { name } = this.#callee?.definition ?? { name: 'task' };
    const out = new StreamOut(flags >> WINDOW_SHIFT);
    this.#stream = out;
    const send = (value: unknown): void => {
      const moved: object[] = [];
      const settings = { ground: this.#ground, name, subject: `a value of task "${name}"`, reply: true, moved };
      const encoded = encodeValue(value, settings);
      this.#post({ type: 'item', slot, value: encoded }, moved.length === 0 ? undefined : moved);
    };
    this.#controller ??= new AbortController();
    return out.run(returned, name, send, this.#controller.signal);
  }

  #arguments(flags: number, args: unknown): unknown[] | Promise<unknown[]> {
    const shape = flags & ARGS_MASK;
    if (shape === ARGS_NONE) return [];
    if (shape === ARGS_ONE) return [args];
    return shape === ARGS_LIST ? (args as unknown[]) : this.#decoded(args);
  }

  #decoded(args: unknown): unknown[] | Promise<unknown[]> {
    return decodeArguments(args, this.#callee?.definition.name ?? 'task');
  }

  #chunk(
    { definition }: Callee,
    call: Call,
    flags: number,
    list: ArrayLike<unknown>,
  ): ChunkResults | Promise<ChunkResults> {
    this.#calls = list.length;
    const encode = (status: number, value: unknown): readonly [number, unknown] =>
      this.#outbox.encode(definition.name, status, value);
    return runChunk(call, list, (flags & ITEMS) !== 0, encode);
  }

  #settle(
    slot: number,
    callee: Callee,
    flags: number,
    begin: number,
    end: number,
    status: number,
    value: unknown,
  ): void {
    this.#slot = -1;
    this.#turn += 1;
    this.#controller = undefined;
    this.#stream = undefined;
    this.#callee = undefined;
    const milliseconds = end - begin;
    const wary = milliseconds > SLOW ? Math.min(WARY, milliseconds ** 2) : 0;
    callee.slow = Math.max(wary, callee.slow - this.#calls);
    if ((flags & CHUNK) === 0 || status === THREW) this.#outbox.add(slot, callee.definition.name, status, value);
    else this.#outbox.add(slot, callee.definition.name, ...(value as ChunkResults).outcome);
    this.#outbox.took(callee.index, this.#calls, milliseconds);
    if ((flags & STAMP) !== 0) this.#outbox.stamp(slot, begin, end);
  }

  /** Sends what has been done. */
  flush(): void {
    this.#outbox.flush();
  }

  #current(): CurrentTask | undefined {
    const slot = this.#slot;
    const turn = this.#turn;
    if (slot === -1) return undefined;
    const here = (): boolean => this.#turn === turn;
    const signal = (): AbortSignal => {
      // Of a task that is over nobody wants anything any more.
      if (!here()) return AbortSignal.abort(new Error('The task is over'));
      return (this.#controller ??= new AbortController()).signal;
    };
    return {
      name: this.#callee?.definition.name ?? 'anonymous',
      worker: this.#name,
      get signal() {
        return signal();
      },
      progress: (value) => {
        if (!here()) return;
        const encoded = encodeValue(value, { ground: this.#ground, name: 'progress' });
        this.#post({ type: 'progress', slot, value: encoded });
      },
    };
  }
}
