import { systemClock, type StopTimer } from '@interleave/core';
import type { Words } from '@interleave/memory';
import { SLICE } from './gate.js';

/** Tells the coroutines of a thread that they should look again: when somebody notifies a word, and once a slice. */
export class WordWatch {
  readonly #words: Words;
  readonly #index: number;
  readonly #look: () => void;
  readonly #watchers = new Set<() => void>();
  #listens = false;
  #stopTimer: StopTimer | undefined;

  /** @param look - called once a slice, before the others */
  constructor(words: Words, index: number, look: () => void) {
    this.#words = words;
    this.#index = index;
    this.#look = look;
  }

  /** From now on `watcher` is called. A change that came before is not told: look afterwards. */
  add(watcher: () => void): void {
    this.#watchers.add(watcher);
    this.#listen();
    this.#stopTimer ??= systemClock.setTimer(SLICE, () => this.#tick());
  }

  delete(watcher: () => void): void {
    if (!this.#watchers.delete(watcher) || this.#watchers.size > 0) return;
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    // A wait of the words has no end of its own, and a pending one keeps the process alive.
    if (this.#listens) this.#words.notify(this.#index);
  }

  #listen(): void {
    while (!this.#listens) {
      const woken = this.#words.waitAsync(this.#index, this.#words.load(this.#index));
      if (typeof woken === 'string') continue;
      this.#listens = true;
      void woken.then(() => {
        this.#listens = false;
        if (this.#watchers.size === 0) return;
        this.#listen();
        this.#tell();
      });
    }
  }

  #tick(): void {
    this.#stopTimer = systemClock.setTimer(SLICE, () => this.#tick());
    this.#look();
    this.#tell();
  }

  #tell(): void {
    for (const watcher of [...this.#watchers]) watcher();
  }
}
