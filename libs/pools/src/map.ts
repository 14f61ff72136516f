import { Deadline, TimeoutError, abortError, onAbort, systemClock, throwIfAborted } from '@interleave/core';
import { checkInteger } from './check-integer.js';
import type { MapOptions } from './executor.js';
import { onDone, outcomeOf, type Future } from './future.js';
import type { ChunkOutcome } from './ground.js';

type Submit = (args: readonly unknown[], chunk: boolean) => Future<unknown>;

/** A submitted chunk; with `size` 0 a single call, whose future holds the value itself. */
interface Ahead {
  readonly future: Future<unknown>;
  readonly size: number;
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
  calls: Iterator<readonly unknown[]>,
  options: MapOptions,
): AsyncIterableIterator<R> {
  const { chunkSize = 1, bufferSize, signal } = options;
  checkInteger(chunkSize, 'chunkSize', 1);
  if (typeof bufferSize === 'number' && !Number.isInteger(bufferSize) && Number.isFinite(bufferSize)) {
    throw new TypeError(`Cannot use ${bufferSize} as bufferSize: pass an integer`);
  }
  if (bufferSize !== undefined) checkInteger(bufferSize, 'bufferSize', 1);
  throwIfAborted(signal, 'map');
  const deadline = Deadline.after(options.timeout);
  return new MapResults<R>(submit, calls, chunkSize, bufferSize ?? Infinity, deadline, signal);
}

/**
 * Walks several iterables at once, as far as the shortest goes.
 *
 * @internal
 * @throws {TypeError} if one is not iterable
 */
export function zip(iterables: readonly Iterable<unknown>[]): Iterator<readonly unknown[]> {
  if (!Array.isArray(iterables)) throw new TypeError(`Cannot map over ${typeof iterables}: pass an array of iterables`);
  const walks = iterables.map((iterable: unknown) => {
    const walk = (iterable as Partial<Iterable<unknown>> | null | undefined)?.[Symbol.iterator];
    if (typeof walk !== 'function') {
      throw new TypeError(`Cannot map over ${iterable === null ? 'null' : typeof iterable}: pass an iterable`);
    }
    return walk.call(iterable);
  });
  const close = (): IteratorResult<readonly unknown[]> => {
    for (const walk of walks) walk.return?.();
    return { done: true, value: undefined };
  };
  return {
    next: () => {
      const args: unknown[] = [];
      for (const [at, walk] of walks.entries()) {
        const step = walk.next();
        if (step.done === true) {
          // The others are told that nobody goes on; this one knows.
          walks.splice(at, 1);
          return close();
        }
        args.push(step.value);
      }
      return args.length === 0 ? close() : { done: false, value: args };
    },
    return: close,
  };
}

class MapResults<R> implements AsyncIterableIterator<R> {
  readonly #submit: Submit;
  readonly #chunkSize: number;
  readonly #buffer: number;
  readonly #deadline: Deadline;
  #calls: Iterator<readonly unknown[]> | undefined;
  /** Submitted and not yet taken, in order; taken from the head. */
  #ahead: Ahead[] = [];
  #head = 0;
  /** What is left of the chunk that was taken last, in order. */
  #outcomes: ChunkOutcome[] = [];
  #over = false;
  /** Why the iteration ends before its last item, thrown by the next step. */
  #ending: Error | undefined;
  #wake: (() => void) | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #stopSignal: () => void = () => {};

  constructor(
    submit: Submit,
    calls: Iterator<readonly unknown[]>,
    chunkSize: number,
    buffer: number,
    deadline: Deadline,
    signal: AbortSignal | undefined,
  ) {
    this.#submit = submit;
    this.#calls = calls;
    this.#chunkSize = chunkSize;
    this.#buffer = buffer;
    this.#deadline = deadline;
    try {
      this.#fill();
    } catch (error) {
      this.#close();
      throw error;
    }
    if (signal !== undefined) this.#stopSignal = onAbort(signal, () => this.#abort(signal));
  }

  next(): Promise<IteratorResult<R, undefined>> {
    const step = this.#turn.then(() => this.#step());
    this.#turn = step.then(nothing, nothing);
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
    while (this.#calls !== undefined && this.#ahead.length - this.#head < this.#buffer) {
      if (this.#chunkSize === 1) {
        const step = this.#calls.next();
        if (step.done === true) this.#calls = undefined;
        else this.#ahead.push({ future: this.#submit(step.value, false), size: 0 });
        continue;
      }
      const chunk: (readonly unknown[])[] = [];
      while (chunk.length < this.#chunkSize) {
        const step = this.#calls.next();
        if (step.done === true) {
          this.#calls = undefined;
          break;
        }
        chunk.push(step.value);
      }
      if (chunk.length > 0) this.#ahead.push({ future: this.#submit(chunk, true), size: chunk.length });
    }
  }

  async #step(): Promise<IteratorResult<R, undefined>> {
    let outcome = this.#outcomes.shift();
    while (outcome === undefined) {
      if (!this.#over && this.#ending === undefined && this.#head < this.#ahead.length) {
        const { future, size } = this.#take();
        if (!future.done()) await this.#wait(future);
        if (future.done() && !this.#over) this.#outcomes = outcomesOf(future, size);
        if (this.#ending === undefined && !this.#over) this.#fill();
        outcome = this.#outcomes.shift();
        continue;
      }
      const ending = this.#ending;
      this.#ending = undefined;
      this.#close();
      if (ending !== undefined) throw ending;
      return { done: true, value: undefined };
    }
    if (!outcome[0]) throw outcome[1];
    // In the box of the iterator's result a value with a `then` method stays what it is.
    return { done: false, value: outcome[1] as R };
  }

  #take(): Ahead {
    const taken = this.#ahead[this.#head] as Ahead;
    (this.#ahead as unknown[])[this.#head++] = undefined;
    if (this.#head > 1_000 && this.#head * 2 > this.#ahead.length) {
      this.#ahead = this.#ahead.slice(this.#head);
      this.#head = 0;
    }
    return taken;
  }

  /** Until the future is over, or the iteration is, or its time. */
  #wait(future: Future<unknown>): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        leave();
        stopTimer();
        this.#wake = undefined;
        if (!future.done()) future.cancel();
        resolve();
      };
      const leave = onDone(future, end);
      const stopTimer = systemClock.setTimer(this.#deadline.remaining(), () => {
        const left = this.#ahead.length - this.#head + 1;
        this.#ending = new TimeoutError(`Cannot map any further: time ran out with ${left} results outstanding`);
        end();
      });
      this.#wake = end;
    });
  }

  #abort(signal: AbortSignal): void {
    this.#ending = abortError(signal, 'map any further');
    this.#cancelAhead();
    this.#wake?.();
  }

  #close(): void {
    if (this.#over) return;
    this.#over = true;
    this.#stopSignal();
    this.#outcomes = [];
    this.#cancelAhead();
    this.#wake?.();
  }

  #cancelAhead(): void {
    const ahead = this.#ahead.slice(this.#head);
    this.#ahead = [];
    this.#head = 0;
    for (const entry of ahead) entry.future.cancel();
    const calls = this.#calls;
    this.#calls = undefined;
    calls?.return?.();
  }
}

/** What came of a chunk, call by call. A chunk that was lost as a whole fails for each of its calls. */
function outcomesOf(future: Future<unknown>, size: number): ChunkOutcome[] {
  const outcome = outcomeOf(future);
  if (size === 0) return [outcome];
  return outcome[0] ? (outcome[1] as ChunkOutcome[]) : new Array<ChunkOutcome>(size).fill(outcome);
}

function nothing(): void {}
