import { ClosedError } from '@interleave/core';
import type { Readable, Writable } from 'node:stream';
import type { Task } from './task.js';
import { Wait } from './wait.js';

type Stream = Readable | Writable;

/** Until one of some events of a stream, or until it is closed. */
class Readiness extends Wait<void> {
  readonly #stream: Stream;
  readonly #events: readonly string[];
  readonly #what: string;
  readonly #isReady: () => boolean;
  readonly #waiting = new Map<Task, () => void>();

  constructor(stream: Stream, what: string, events: readonly string[], isReady: () => boolean) {
    super();
    this.#stream = stream;
    this.#what = what;
    this.#events = events;
    this.#isReady = isReady;
  }

  override get outside(): boolean {
    return true;
  }

  arm(task: Task): void {
    if (this.#isReady()) {
      task.wake(this, undefined);
      return;
    }
    this.#checkOpen();
    const onEvent = (): void => {
      this.disarm(task);
      task.wake(this, undefined);
    };
    const onEnd = (error?: unknown): void => {
      this.disarm(task);
      task.fail(this, error ?? this.#closed());
    };
    const all = [
      ...this.#events.map((event) => [event, onEvent] as const),
      ['error', onEnd],
      ['close', () => onEnd()],
    ] as const;
    for (const [event, listener] of all) this.#stream.on(event, listener);
    this.#waiting.set(task, () => {
      for (const [event, listener] of all) this.#stream.off(event, listener);
    });
  }

  disarm(task: Task): void {
    this.#waiting.get(task)?.();
    this.#waiting.delete(task);
  }

  toString(): string {
    return `a stream to be ${this.#what}`;
  }

  #checkOpen(): void {
    if (this.#stream.errored) throw this.#stream.errored;
    if (this.#stream.destroyed) throw this.#closed();
  }

  #closed(): ClosedError {
    return new ClosedError(`Cannot wait for the stream to be ${this.#what}: it is closed`);
  }
}

/**
 * Waits until a stream has something to read, or has come to its end: `stream.read()` then gives it, or `null`.
 *
 * @param stream - a socket, or any `Readable` that nobody reads otherwise
 * @throws {ClosedError} in the task, if the stream is closed; the stream's own error, if it fails
 *
 * @example
 * ```ts
 * yield readable(socket);
 * const bytes = socket.read();
 * ```
 */
export function readable(stream: Readable): Wait<void> {
  const isReady = (): boolean => stream.readableLength > 0 || stream.readableEnded;
  return new Readiness(stream, 'readable', ['readable', 'end'], isReady);
}

/**
 * Waits until a stream takes more without keeping it in memory.
 *
 * @param stream - a socket, or any `Writable`
 * @throws {ClosedError} in the task, if the stream is closed; the stream's own error, if it fails
 *
 * @example
 * ```ts
 * yield writable(socket);
 * socket.write(bytes);
 * ```
 */
export function writable(stream: Writable): Wait<void> {
  const isReady = (): boolean => stream.writable && !stream.writableNeedDrain;
  return new Readiness(stream, 'writable', ['drain'], isReady);
}
