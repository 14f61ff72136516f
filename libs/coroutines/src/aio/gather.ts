import type { CancelledError } from '@interleave/core';
import { ensureFuture } from './ensure-future.js';
import { Future, failureOf, onDone, settle } from './future.js';

/** Options of {@link gatherWith}. */
export interface GatherOptions {
  /** Whether errors stand among the values, in place of the first one ending the wait. Default: false. */
  readonly returnExceptions?: boolean | undefined;
}

/** The values of what was gathered, in its order. */
export type Gathered<T extends readonly unknown[]> = { -readonly [K in keyof T]: Awaited<T[K]> };

/**
 * Waits for several at once and gives their values, in the order of the arguments.
 *
 * **Errors** the first one comes out at once. The others run on, and their errors are not reported; to stop them, take a
 * `TaskGroup`.
 * **Cancellation** of what it returns, or of the task that awaits it, cancels all of them that are not over. One of them that
 * is cancelled by somebody else counts as failed.
 *
 * @param awaitables - tasks, promises, or plain values
 * @throws {TypeError} for a function: it was not called
 *
 * @example
 * ```ts
 * const [a, b] = await aio.gather(aio.spawn(download, first), aio.spawn(download, second));
 * ```
 */
export function gather<T extends readonly unknown[]>(...awaitables: T): Future<Gathered<T>> {
  return gatherAll({}, awaitables);
}

/** As {@link gather}, with options. With `returnExceptions`, it waits for all, and errors stand among the values. */
export function gatherWith<T extends readonly unknown[]>(
  options: GatherOptions,
  ...awaitables: T
): Future<Gathered<T>> {
  return gatherAll(options, awaitables);
}

function gatherAll<T extends readonly unknown[]>(options: GatherOptions, awaitables: T): Future<Gathered<T>> {
  const futures = awaitables.map((each) => ensureFuture(each, 'gather'));
  return new Gathering<Gathered<T>>(futures, options.returnExceptions === true);
}

class Gathering<T> extends Future<T> {
  readonly #futures: readonly Future<unknown>[];
  readonly #returnExceptions: boolean;
  #left: number;
  #cancelledWith: CancelledError | undefined;

  constructor(futures: readonly Future<unknown>[], returnExceptions: boolean) {
    super('gather');
    this.#futures = futures;
    this.#returnExceptions = returnExceptions;
    const different = new Set(futures);
    this.#left = different.size;
    if (this.#left === 0) this.#finish();
    for (const future of different) onDone(future, () => this.#ended(future));
  }

  override cancelWith(error: CancelledError): boolean {
    if (this.done()) return false;
    // It comes out even if all of them refuse.
    this.#cancelledWith = error;
    for (const future of new Set(this.#futures)) future.cancelWith(error);
    return true;
  }

  #ended(future: Future<unknown>): void {
    this.#left -= 1;
    const failure = failureOf(future);
    const mayFail = !this.#returnExceptions && this.#cancelledWith === undefined;
    if (failure !== undefined && mayFail) settle(this, 'failed', failure.error);
    else if (this.#left === 0) this.#finish();
  }

  #finish(): void {
    if (this.#cancelledWith !== undefined) settle(this, 'cancelled', this.#cancelledWith);
    else settle(this, 'succeeded', this.#futures.map(outcome));
  }
}

function outcome(future: Future<unknown>): unknown {
  const failure = failureOf(future);
  return failure === undefined ? future.result() : failure.error;
}
