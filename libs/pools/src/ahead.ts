import type { Ahead } from './chunk-feed.js';
import { onDone } from './future.js';

/**
 * What was submitted and not yet taken, in the order in which it is to be taken.
 *
 * @internal
 */
export interface AheadLine {
  /** How many there are. */
  readonly size: number;
  push(entry: Ahead): void;
  /** Takes the next one if it is over. */
  take(): Ahead | undefined;
  /**
   * Calls `listener` when the next one is over; only while `take` has nothing.
   *
   * @returns a function that takes the registration back
   */
  whenReady(listener: () => void): () => void;
  /** Empties it, and lists what was there. */
  clear(): Ahead[];
}

/** The order of the submission. */
export class InOrder implements AheadLine {
  #entries: (Ahead | undefined)[] = [];
  /** Taken from the head: `shift` would move all the rest each time. */
  #head = 0;

  get size(): number {
    return this.#entries.length - this.#head;
  }

  push(entry: Ahead): void {
    this.#entries.push(entry);
  }

  take(): Ahead | undefined {
    const next = this.#entries[this.#head];
    if (next === undefined || !next.future.done()) return undefined;
    this.#entries[this.#head++] = undefined;
    if (this.#head > 1_000 && this.#head * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#head);
      this.#head = 0;
    }
    return next;
  }

  whenReady(listener: () => void): () => void {
    const next = this.#entries[this.#head];
    return next === undefined ? () => {} : onDone(next.future, listener);
  }

  clear(): Ahead[] {
    const entries = this.#entries.slice(this.#head) as Ahead[];
    this.#entries = [];
    this.#head = 0;
    return entries;
  }
}

/** Whatever is over first. */
export class AsFinished implements AheadLine {
  readonly #running = new Set<Ahead>();
  #finished = new InOrder();
  #listener: (() => void) | undefined;

  get size(): number {
    return this.#running.size + this.#finished.size;
  }

  push(entry: Ahead): void {
    this.#running.add(entry);
    onDone(entry.future, () => {
      // Not if it has been cleared away.
      if (!this.#running.delete(entry)) return;
      this.#finished.push(entry);
      this.#listener?.();
    });
  }

  take(): Ahead | undefined {
    return this.#finished.take();
  }

  whenReady(listener: () => void): () => void {
    this.#listener = listener;
    return () => {
      if (this.#listener === listener) this.#listener = undefined;
    };
  }

  clear(): Ahead[] {
    const entries = [...this.#running, ...this.#finished.clear()];
    this.#running.clear();
    return entries;
  }
}
