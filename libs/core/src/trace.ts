/**
 * What ran where and when, for anyone who wants to draw or count it.
 *
 *     pools ──publish──> channel 'interleave:task' ──> timeline, progress bars, your own metrics
 *
 * The channels are Node's `diagnostics_channel`s, so a product can also listen without this lib:
 * `diagnostics_channel.subscribe('interleave:task', ...)`. When nobody listens, `active` is false and publishers do no
 * work at all: no clock is read and no object is made.
 */
import { channel, type Channel } from 'node:diagnostics_channel';

/** A task was accepted by an executor. */
export interface TaskSubmitted {
  readonly phase: 'submit';
  /** A number that no other task of this process has. */
  readonly task: number;
  /** The name given to the task, or its function's name, or `'anonymous'`. */
  readonly name: string;
  /** The executor's name, for instance `ThreadPoolExecutor-0`. */
  readonly executor: string;
  /** When, in milliseconds since 1970 with fractions; see {@link traceTime}. */
  readonly time: number;
}

/** A worker began with a task. The event may be published after the fact; `time` is when it really began. */
export interface TaskStarted {
  readonly phase: 'start';
  readonly task: number;
  readonly name: string;
  readonly executor: string;
  /** The worker's name, for instance `ThreadPoolExecutor-0_1`. */
  readonly worker: string;
  readonly time: number;
}

/** A task is over. A task that was cancelled before it started has no `worker`. */
export interface TaskEnded {
  readonly phase: 'end';
  readonly task: number;
  readonly name: string;
  readonly executor: string;
  readonly worker: string | undefined;
  readonly time: number;
  readonly state: 'succeeded' | 'failed' | 'cancelled';
}

/** Everything an executor tells about its tasks. For one task the order is submit, start, end. */
export type TaskEvent = TaskSubmitted | TaskStarted | TaskEnded;

/** A stretch of work that somebody marked by hand. */
export interface SpanEvent {
  /** A number that no other span of this process has. */
  readonly span: number;
  readonly name: string;
  /** The row it is drawn in. */
  readonly lane: string;
  /** When it began and ended; see {@link traceTime}. */
  readonly start: number;
  readonly end: number;
  readonly state: 'succeeded' | 'failed' | 'cancelled';
}

/**
 * A typed, named channel of events.
 *
 * **Cost** when nobody listens: one property read.
 * **Errors** a listener that throws is reported by Node as an uncaught exception; it never reaches the publisher.
 *
 * @example
 * ```ts
 * const stop = taskTrace.subscribe((event) => {
 *   if (event.phase === 'end') console.log(event.name, event.state);
 * });
 * // ... work ...
 * stop();
 * ```
 */
export class TraceChannel<T extends object> {
  readonly #channel: Channel;

  /** @param name - the channel's name in `node:diagnostics_channel` */
  constructor(name: string) {
    this.#channel = channel(name);
  }

  /** Whether anybody listens. Ask before you make an event. */
  get active(): boolean {
    return this.#channel.hasSubscribers;
  }

  /** Hands an event to every listener, synchronously. */
  publish(event: T): void {
    this.#channel.publish(event);
  }

  /**
   * Listens until the returned function is called. A second call of it does nothing.
   *
   * @param listener - called synchronously with each event
   * @throws {TypeError} if `listener` is not a function
   */
  subscribe(listener: (event: T) => void): () => void {
    const wrapped = (event: unknown): void => listener(event as T);
    if (typeof listener !== 'function') throw new TypeError(`Cannot subscribe ${typeof listener}: pass a function`);
    this.#channel.subscribe(wrapped);
    return () => {
      this.#channel.unsubscribe(wrapped);
    };
  }
}

/** Tasks of every executor in this thread: channel `interleave:task`. */
export const taskTrace: TraceChannel<TaskEvent> = new TraceChannel('interleave:task');

/** Spans marked by hand: channel `interleave:span`. */
export const spanTrace: TraceChannel<SpanEvent> = new TraceChannel('interleave:span');

/**
 * The time of trace events: milliseconds since 1970, with fractions of a microsecond, comparable between the threads
 * and processes of one machine.
 */
export function traceTime(): number {
  return performance.timeOrigin + performance.now();
}

let spans = 0;

/** A number for a {@link SpanEvent} that no other span of this thread has. For whoever publishes spans. */
export function newSpanNumber(): number {
  return ++spans;
}
