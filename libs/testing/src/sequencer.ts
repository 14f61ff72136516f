import { InvalidStateError, onAbort, throwIfAborted, abortError } from '@interleave/core';

/** Options of {@link Sequencer.at}. */
export interface SequencerOptions {
  /** Stops the wait; the sequence is broken then, since nobody else can take the place. */
  readonly signal?: AbortSignal;
}

/**
 * Puts pieces of concurrent code into one order, so that a test shows the very order it is about.
 *
 * Number the pieces from 0. Each waits until all before it are through. For every order at once, use `explore`.
 *
 * @example
 * ```ts
 * const order = new Sequencer();
 * const reader = async () => {
 *   await order.at(0, () => reads());
 *   await order.at(2, () => writesBack());
 * };
 * const other = () => order.at(1, () => writes());
 * await Promise.all([reader(), other()]);
 * ```
 */
export class Sequencer {
  #next = 0;
  #broken: InvalidStateError | undefined;
  readonly #taken = new Set<number>();
  readonly #waiting = new Map<number, () => void>();

  /**
   * Runs a piece when its turn has come.
   *
   * @param position - its number in the order, from 0; each only once
   * @param body - the piece; its turn lasts until the promise it returns is settled. Default: nothing, to wait for a turn
   * @returns what `body` returned
   * @throws {InvalidStateError} (as a rejection) if the position is taken, or a piece before it has failed or was stopped
   * @throws what `body` throws
   */
  async at<T = void>(position: number, body?: () => T | PromiseLike<T>, options: SequencerOptions = {}): Promise<T> {
    if (!Number.isInteger(position) || position < 0) {
      throw new RangeError(`Cannot wait for position ${position}: pass a whole number from 0`);
    }
    if (this.#taken.has(position)) {
      throw new InvalidStateError(`Cannot run two pieces at position ${position}: number them from 0, each only once`);
    }
    throwIfAborted(options.signal, `wait for position ${position}`);
    this.#taken.add(position);
    try {
      await this.#turn(position, options.signal);
      const value = await body?.();
      this.#next += 1;
      this.#wake(this.#next);
      return value as T;
    } catch (error) {
      this.#break(position, error);
      throw error;
    }
  }

  async #turn(position: number, signal: AbortSignal | undefined): Promise<void> {
    while (this.#next !== position || this.#broken !== undefined) {
      if (this.#broken !== undefined) throw this.#broken;
      await new Promise<void>((resolve, reject) => {
        const leave = signal && onAbort(signal, () => reject(abortError(signal, `wait for position ${position}`)));
        this.#waiting.set(position, () => {
          leave?.();
          resolve();
        });
      });
    }
  }

  #break(position: number, cause: unknown): void {
    this.#broken ??= new InvalidStateError(`Cannot go on in order: position ${position} failed`, { cause });
    for (const waiting of [...this.#waiting.keys()]) this.#wake(waiting);
  }

  #wake(position: number): void {
    this.#waiting.get(position)?.();
    this.#waiting.delete(position);
  }
}
