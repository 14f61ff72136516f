import { Deadline, TimeoutError, abortError, onAbort, systemClock, throwIfAborted } from '@interleave/core';
import { AsFinished, InOrder, type AheadLine } from './ahead.js';
import { checkInteger } from './check-integer.js';
import { ChunkFeed, chunkResult, type Submit } from './chunk-feed.js';
import { chunkSizes } from './chunk-sizes.js';
import type { MapOptions } from './executor.js';
import type { ChunkResult } from './ground.js';

/** How a walk over items goes, apart from what its caller may choose. */
export interface MapStyle {
  /** Whether each entry of the source is the only argument of its call, or its list of arguments. */
  readonly shape: 'calls' | 'items';
  /** Among how many the items are shared out. */
  readonly workers: number;
  /** How many items there are, if that can be told. */
  readonly known: number | undefined;
  /** Whether results come as they are ready, and not in the order of the items. Default false. */
  readonly unordered?: boolean;
  /** Whether an error of the source is thrown by the step after the last result, and not at the call. Default false. */
  readonly late?: boolean;
}

/**
 * The results of `map`, in the order of the items.
 *
 * Written by hand and not as an async generator: a generator that throws is over, but here the step after a failed
 * item goes on with the next one (as in the main branch of CPython).
 *
 * @internal
 * @throws {TypeError | RangeError} for bad options, before anything is submitted
 */
export function mapOver<R>(
  submit: Submit,
  source: Iterator<unknown>,
  style: MapStyle,
  options: MapOptions,
): AsyncIterableIterator<R> {
  const { chunkSize = 1, bufferSize, signal } = options;
  const nextSize = chunkSizes(chunkSize, style.known, style.workers);
  if (typeof bufferSize === 'number' && !Number.isInteger(bufferSize) && Number.isFinite(bufferSize)) {
    throw new TypeError(`Cannot use ${bufferSize} as bufferSize: pass an integer`);
  }
  if (bufferSize !== undefined) checkInteger(bufferSize, 'bufferSize', 1);
  throwIfAborted(signal, 'map');
  const deadline = Deadline.after(options.timeout);
  const feed = new ChunkFeed(submit, source, style.shape, nextSize);
  return new MapResults<R>(feed, style, bufferSize ?? Infinity, deadline, signal);
}

class MapResults<R> implements AsyncIterableIterator<R> {
  readonly #feed: ChunkFeed;
  readonly #buffer: number;
  readonly #deadline: Deadline;
  readonly #ahead: AheadLine;
  /** The chunk that was taken last, and how many of its results have been handed out. */
  #chunk: ChunkResult | undefined;
  #at = 0;
  #over = false;
  /** Why the iteration ends before its last item, thrown by the next step. */
  #ending: Error | undefined;
  /** What the source or a submit threw, thrown by the step after the last result. */
  #failure: { readonly error: unknown } | undefined;
  #wake: (() => void) | undefined;
  /** Steps that wait, one after another. */
  #turn: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #stopSignal: () => void = () => {};

  constructor(
    feed: ChunkFeed,
    { unordered = false, late = false }: MapStyle,
    buffer: number,
    deadline: Deadline,
    signal: AbortSignal | undefined,
  ) {
    this.#feed = feed;
    this.#ahead = unordered ? new AsFinished() : new InOrder();
    this.#buffer = buffer;
    this.#deadline = deadline;
    this.#fill();
    const failure = this.#failure as { readonly error: unknown } | undefined;
    if (failure !== undefined && !late) {
      this.#close();
      throw failure.error;
    }
    if (signal !== undefined) this.#stopSignal = onAbort(signal, () => this.#abort(signal));
  }

  next(): Promise<IteratorResult<R, undefined>> {
    // Most results come many together; those after the first need no waiting.
    if (this.#waiting === 0 && this.#chunk !== undefined) {
      try {
        return Promise.resolve(this.#result(this.#chunk));
      } catch (error) {
        return Promise.reject(error);
      }
    }
    this.#waiting += 1;
    const step = this.#turn.then(() => this.#step());
    this.#turn = step.then(
      () => (this.#waiting -= 1),
      () => (this.#waiting -= 1),
    );
    return step;
  }

  async return(): Promise<IteratorResult<R, undefined>> {
    this.#close();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Submits until the buffer is full or the items are used up. */
  #fill(): void {
    try {
      while (!this.#feed.over && this.#ahead.size < this.#buffer) {
        for (const entry of this.#feed.next()) this.#ahead.push(entry);
      }
    } catch (error) {
      this.#failure = { error };
    }
  }

  async #step(): Promise<IteratorResult<R, undefined>> {
    while (this.#chunk === undefined && !this.#over && this.#ending === undefined && this.#ahead.size > 0) {
      const taken = this.#ahead.take();
      if (taken === undefined) {
        await this.#wait();
        continue;
      }
      this.#chunk = chunkResult(taken);
      this.#at = 0;
      this.#fill();
    }
    if (this.#chunk !== undefined) return this.#result(this.#chunk);
    const ending = this.#ending === undefined ? this.#failure : { error: this.#ending };
    this.#ending = undefined;
    this.#failure = undefined;
    this.#close();
    if (ending !== undefined) throw ending.error;
    return { done: true, value: undefined };
  }

  /** The next result of the chunk, which keeps nothing of it. */
  #result(chunk: ChunkResult): IteratorResult<R, undefined> {
    const at = this.#at++;
    const value = chunk.values[at];
    if (this.#at === chunk.values.length) this.#chunk = undefined;
    else if (Array.isArray(chunk.values)) chunk.values[at] = undefined;
    if (chunk.failed?.has(at) === true) throw value;
    // In the box of the iterator's result a value with a `then` method stays what it is.
    return { done: false, value: value as R };
  }

  /** Until the next one is over, or the iteration is, or its time. */
  #wait(): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        leave();
        stopTimer();
        this.#wake = undefined;
        resolve();
      };
      const leave = this.#ahead.whenReady(end);
      const stopTimer = systemClock.setTimer(this.#deadline.remaining(), () => {
        const left = this.#ahead.size;
        this.#ending = new TimeoutError(`Cannot map any further: time ran out with ${left} results outstanding`);
        end();
      });
      this.#wake = end;
    });
  }

  #abort(signal: AbortSignal): void {
    this.#ending = abortError(signal, 'map any further');
    this.#chunk = undefined;
    this.#cancelAhead();
    this.#wake?.();
  }

  #close(): void {
    if (this.#over) return;
    this.#over = true;
    this.#stopSignal();
    this.#chunk = undefined;
    this.#cancelAhead();
    this.#wake?.();
  }

  #cancelAhead(): void {
    for (const { future } of this.#ahead.clear()) future.cancel();
    this.#feed.close();
  }
}
