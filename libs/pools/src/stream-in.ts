import type { Future } from './future.js';
import { onDone, outcomeOf } from './future.js';

/** What a stream needs of its task. @internal */
export interface StreamSource {
  readonly future: Future<unknown>;
  /** The reader wants no more. */
  leave(): void;
  /** So many values were read. */
  allow(count: number): void;
}

/**
 * The outside end of a stream: values in the order in which they came, then the end or the error of the task.
 *
 * @internal
 */
export class StreamIn<T> implements AsyncIterableIterator<T> {
  readonly #half: number;
  #source: StreamSource | undefined;
  /** Values that nobody has taken; a promise for one whose module has to be loaded first. */
  readonly #values: unknown[] = [];
  readonly #readers: (() => void)[] = [];
  #read = 0;
  #ended = false;
  #left = false;

  /** @param window - how many values may be on their way or unread */
  constructor(window: number) {
    this.#half = Math.max(1, window >> 1);
  }

  /** Where the values come from; once, before the first {@link next}. */
  open(source: StreamSource): void {
    this.#source = source;
    onDone(source.future, () => {
      this.#ended = true;
      this.#turn();
    });
  }

  /** A value has come. */
  put(value: unknown): void {
    if (this.#left) return;
    // Whoever takes it hears of a failure; until then it is nobody's.
    if (value instanceof Promise) value.catch(() => {});
    this.#values.push(value);
    this.#turn();
  }

  async next(): Promise<IteratorResult<T, undefined>> {
    while (this.#values.length === 0 && !this.#ended && !this.#left) {
      await new Promise<void>((resolve) => this.#readers.push(resolve));
    }
    if (this.#values.length > 0) {
      this.#read += 1;
      if (this.#read >= this.#half) {
        this.#source?.allow(this.#read);
        this.#read = 0;
      }
      return { done: false, value: (await this.#values.shift()) as T };
    }
    const source = this.#source;
    if (!this.#left && source !== undefined) {
      this.#left = true;
      const [ok, error] = outcomeOf(source.future);
      this.#turn();
      if (!ok) throw error;
    }
    return { done: true, value: undefined };
  }

  /** Leaves the stream: the task is told by `currentTask().signal`, and its generator is closed. */
  return(): Promise<IteratorResult<T, undefined>> {
    this.#left = true;
    this.#values.length = 0;
    if (!this.#ended) this.#source?.leave();
    this.#turn();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #turn(): void {
    for (const resolve of this.#readers.splice(0)) resolve();
  }
}
