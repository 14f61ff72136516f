import { types } from 'node:util';
import { SerializationError } from '@interleave/core';
import { copyLarge, encodeError, encodeValue, standsAlone, type Ground } from '@interleave/transfer';
import { isPrimitive } from '../is-primitive.js';
import { takeTransfer } from '../transfer.js';
import { instant, sinceEpoch } from './instant.js';
import {
  DONE_STRIDE,
  MOST_ENTRIES,
  RETURNED,
  RETURNED_CHUNK,
  RETURNED_ENCODED,
  RETURNED_LIST,
  SKIPPED,
  THREW,
  entriesIn,
  type WorkerMessage,
} from '../protocol.js';

/**
 * What ends this soon after the last message left came together with what that one answered, in milliseconds. Nobody has
 * read an answer and sent the next task by then. To look after every task whether more is here takes the loop another turn.
 */
const TOGETHER = 0.02;

/** Sends a message to the executor, with what is to be moved. */
export type Post = (message: WorkerMessage, transfer?: readonly object[]) => void;

/**
 * Collects the outcomes of tasks, so that many go out in one message.
 *
 * Invariant: an outcome is added in one step, after its value was encoded. A getter in the value may end the worker, and
 * what has been collected until then still goes out whole.
 */
export class Outbox {
  readonly #ground: Ground;
  readonly #post: Post;
  #outcomes: unknown[] = [];
  #times: number[] = [];
  /** Calls and milliseconds by function, since the last message. */
  #costs = new Map<number, { calls: number; milliseconds: number }>();
  /** What the collected results want to be moved. */
  #moved: object[] = [];
  /** What values want to be moved that were encoded and belong to no collected result yet. */
  readonly #moving: object[] = [];
  readonly #caller: () => string;
  #hasObject = false;
  /** Entries of flat data in the collected results. */
  #entries = 0;
  #armed = false;
  /** When {@link flushTurn} last had something sent at once, as an {@link instant}. */
  #turned = -Infinity;
  /** When the last message left, as an {@link instant}. */
  sent = 0;

  /** @param caller - tells the path of the code that calls the tasks; a task's stack ends above it */
  constructor(ground: Ground, post: Post, caller: () => string) {
    this.#ground = ground;
    this.#post = post;
    this.#caller = caller;
  }

  /** How many outcomes wait. */
  get size(): number {
    return this.#outcomes.length / DONE_STRIDE;
  }

  /** Whether a result waits that is an object of this worker still: it has to go out before another task can change it. */
  get hasObject(): boolean {
    return this.#hasObject;
  }

  /** A task has ended; for a chunk with the form of its results as its status. */
  add(slot: number, name: string, status: number, value: unknown): void {
    if (status === RETURNED_LIST || (status === RETURNED && isPrimitive(value))) {
      this.#outcomes.push(slot, status, value);
      return;
    }
    const [code, encoded] = status === RETURNED_CHUNK ? [status, value] : this.encode(name, status, value);
    const alone = standsAlone(encoded);
    // One object that could be shared to a message, and no message that takes long to read; see protocol.ts.
    if (alone ? this.#entries > MOST_ENTRIES : this.#hasObject) this.flush();
    if (alone) this.#entries += entriesIn(encoded);
    else this.#hasObject = true;
    this.#moved.push(...this.#moving.splice(0));
    this.#outcomes.push(slot, code, encoded);
  }

  /** A task will not run here. */
  skip(slot: number): void {
    this.#outcomes.push(slot, SKIPPED, undefined);
  }

  /** So many calls took so long together. */
  took(fn: number, calls: number, milliseconds: number): void {
    const cost = this.#costs.get(fn);
    if (cost === undefined) this.#costs.set(fn, { calls, milliseconds });
    else {
      cost.calls += calls;
      cost.milliseconds += milliseconds;
    }
  }

  /** A task ran from then to then, as an {@link instant}. */
  stamp(slot: number, begin: number, end: number): void {
    this.#times.push(slot, sinceEpoch(begin), sinceEpoch(end));
  }

  /** Status and value as they are sent; a value that cannot travel becomes the error that says so. */
  encode(name: string, status: number, value: unknown): [status: number, value: unknown] {
    if (status === THREW) {
      cutStack(value, this.#caller());
      return [THREW, encodeError(value, this.#ground)];
    }
    if (isPrimitive(value)) return [RETURNED, value];
    const before = this.#moving.length;
    try {
      const subject = `the result of task "${name}"`;
      const ground = this.#ground;
      const moved = this.#moving;
      const transfer = takeTransfer(value);
      if (transfer === undefined) {
        return [RETURNED_ENCODED, this.#copied(encodeValue(value, { ground, name, subject, reply: true, moved }))];
      }
      // No spread: V8 makes a new hidden class for each object that is made from one.
      const encoded = encodeValue(value, { ground, name, subject, reply: true, moved, transfer });
      if (ground === 'thread') moved.push(...transfer);
      return [RETURNED_ENCODED, encoded];
    } catch (error) {
      this.#moving.length = before;
      return [THREW, encodeError(error, this.#ground)];
    }
  }

  /** What was encoded, with a copy that moves in place of its large memory. */
  #copied(encoded: unknown): unknown {
    const large = this.#ground === 'thread' ? copyLarge(encoded) : undefined;
    if (large === undefined) return encoded;
    this.#moving.push(large.memory);
    return large.encoded;
  }

  /**
   * Sends what has been done now, unless the last message has only just left: messages that come together are answered
   * together.
   *
   * @param now - the time, as an {@link instant}
   */
  flushTurn(now: number): void {
    if (this.#armed) return;
    if (now - this.#turned < TOGETHER) {
      this.flushLater();
      return;
    }
    this.#turned = now;
    this.flush();
  }

  /** Sends what has been done after the microtasks and the messages that are here already. */
  flushLater(): void {
    if (this.#armed) return;
    this.#armed = true;
    setImmediate(() => {
      this.#armed = false;
      this.flush();
    });
  }

  /** Sends what has been done. */
  flush(): void {
    this.sent = instant();
    const outcomes = this.#outcomes;
    if (outcomes.length === 0) return;
    const end = outcomes.length;
    for (const [fn, { calls, milliseconds }] of this.#costs) outcomes.push(fn, calls, milliseconds);
    const costs = outcomes.length - end;
    const times = this.#times;
    for (const each of times) outcomes.push(each);
    outcomes.push(costs, times.length);
    const moved = this.#moved;
    this.#costs.clear();
    this.#moved = [];
    this.#outcomes = [];
    this.#times = [];
    this.#hasObject = false;
    this.#entries = 0;
    try {
      this.#post(outcomes, moved.length === 0 ? undefined : moved);
    } catch (error) {
      // One value could not be cloned after all. Each goes alone, and that one as an error.
      for (let at = 0; at < end; at += DONE_STRIDE) this.#sendAlone(outcomes.slice(at, at + DONE_STRIDE), error);
    }
  }

  #sendAlone(outcome: unknown[], cause: unknown): void {
    try {
      this.#post([...outcome, 0, 0]);
    } catch {
      const why = cause instanceof Error ? cause.message : String(cause);
      const error = new SerializationError(`Cannot send the result: ${why}`, { path: 'result', cause });
      const encoded = encodeError(error, this.#ground);
      this.#post([outcome[0], THREW, encoded, 0, 0]);
    }
  }
}

/** Ends the stack of a task's error where the task was called: what is below is nothing to its reader. */
function cutStack(error: unknown, caller: string): void {
  if (!types.isNativeError(error) || typeof error.stack !== 'string') return;
  const lines = error.stack.split('\n');
  const end = lines.findIndex((line) => line.includes(caller));
  // Without a frame of the task the whole stack is ours, as for a value that cannot be rebuilt.
  if (end <= 1 || Object.isFrozen(error)) return;
  error.stack = lines.slice(0, end).join('\n');
}
