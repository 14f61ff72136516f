import type { Words } from '@interleave/memory';
import { Gate } from './gate.js';
import { LINE_LENGTH } from './line.js';

/** The number of words of a {@link SemaphoreGate}. */
export const SEMAPHORE_LENGTH: number = 1 + LINE_LENGTH;

/** The most permits that the word can count. */
export const MOST_PERMITS: number = 2 ** 30 - 1;

/**
 * A door for as many as there are permits: its word is twice the number of permits, plus 1 when it is marked.
 *
 * A permit stays in the word until who was invited takes it, so none is ever on its way and lost with a thread.
 */
export class SemaphoreGate extends Gate {
  /** @param permits - how many to begin with; left out for words that are in use */
  constructor(words: Words, at: number, spin: number, permits?: number) {
    super(words, at, spin);
    if (permits !== undefined) words.store(at, permits * 2);
  }

  permits(): number {
    return this.words.load(this.at) >> 1;
  }

  override tryEnter(): boolean {
    for (;;) {
      const door = this.words.load(this.at);
      if (door < 2 || door % 2 === 1) return false;
      if (this.words.compareExchange(this.at, door, door - 2) === door) return true;
    }
  }

  protected override take(): boolean {
    for (;;) {
      const door = this.words.load(this.at);
      if (door < 2) return false;
      // What is left is for those in line; who leaves it looks whether there are any.
      if (this.words.compareExchange(this.at, door, (door - 2) | 1) === door) return true;
    }
  }

  protected override free(): number {
    return this.permits();
  }

  protected override mark(): boolean {
    for (;;) {
      const door = this.words.load(this.at);
      if (door % 2 === 1 || this.words.compareExchange(this.at, door, door + 1) === door) return door > 1;
    }
  }

  protected override unmark(): boolean {
    const door = this.words.load(this.at);
    return door % 2 === 1 && this.words.compareExchange(this.at, door, door - 1) === door;
  }

  /** Nobody owns a permit, so nobody's death is seen here. */
  override watch(): void {}

  /**
   * Adds permits and invites those who wait.
   *
   * @returns false if there would be more than `most`; nothing has changed then
   */
  give(count: number, most: number): boolean {
    for (;;) {
      const door = this.words.load(this.at);
      if ((door >> 1) + count > most) return false;
      if (this.words.compareExchange(this.at, door, door + count * 2) !== door) continue;
      if (door % 2 === 1) this.serve();
      return true;
    }
  }

  /** Takes all permits away, when nobody stands in line and nobody can come. */
  drain(): void {
    this.words.store(this.at, 0);
  }
}
