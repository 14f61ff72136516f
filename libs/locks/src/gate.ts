/**
 * A door with a line before it: what a lock and a semaphore have in common.
 *
 *     tryEnter ──────── free, and nobody in line ──────────> inside
 *        └─ mark ─> stand in line ─> invited ─> take ─────> inside ─> leave ─> serve: invite the next
 *
 * The door's own word is `marked` while somebody may stand in line. A newcomer cannot enter through a marked door, so
 * nobody passes those who wait. Who finds the line empty takes the mark away.
 *
 * Why no wake-up is lost: a waiter takes its place first and looks at the door afterwards; whoever opens the door looks
 * at the places afterwards. One of the two sees the other.
 */
import type { Words } from '@interleave/memory';
import { Line } from './line.js';

/** Milliseconds after which a sleeper looks whether those it waits for are alive. */
export const SLICE = 50;

/** See the overview; subclasses say what the door's word means. */
export abstract class Gate {
  protected readonly words: Words;
  /** The index of the door's word; the line follows it. */
  protected readonly at: number;
  readonly line: Line;

  constructor(words: Words, at: number, spin: number) {
    this.words = words;
    this.at = at;
    this.line = new Line(words, at + 1, spin);
  }

  /** Enters if the door is open and not marked. */
  abstract tryEnter(): boolean;
  /** Enters a marked door, for who was invited. */
  protected abstract take(): boolean;
  /** How many could enter now. */
  protected abstract free(): number;
  /** Marks the door; returns whether somebody could enter now. */
  protected abstract mark(): boolean;
  /** Takes the mark away if the door is open; returns whether it did. */
  protected abstract unmark(): boolean;
  /** @throws if waiting makes no sense any more */
  abstract watch(): void;

  /** As {@link tryEnter}; a door that waits for the dead is opened first. */
  tryEnterAfterDead(): boolean {
    if (this.tryEnter()) return true;
    if (this.free() === 0) return false;
    this.line.dropDead();
    this.serve();
    return this.tryEnter();
  }

  /** For who stands in the place: enters when it is its turn. If not, the place waits, and the door is marked. */
  enterFrom(place: number): boolean {
    for (;;) {
      if (this.line.isInvited(place)) {
        if (this.take()) return true;
        this.line.waitAgain(place);
      }
      if (!this.mark()) return false;
      this.serve();
      if (!this.line.isInvited(place)) return false;
    }
  }

  /** Invites as many as can enter. Whoever opens the door, or gives up an invitation, calls it. */
  serve(): void {
    for (;;) {
      const free = this.free();
      if (free === 0 || this.line.invite(free)) return;
      if (!this.unmark() || this.line.isEmpty()) return;
      // Somebody came between the look and the mark.
      this.mark();
    }
  }

  /** Gives a place back, and an invitation with it. */
  leave(place: number): void {
    this.line.leave(place);
    this.serve();
  }

  /**
   * Blocks the thread until it enters or the time is over.
   *
   * @param standing - the place where the thread's coroutines wait, or -1. The thread takes their turn, since they cannot
   *   go on while it sleeps, and leaves the place to them.
   */
  enterSync(timeout: number, standing: number): boolean {
    return this.enterSyncFrom(standing < 0 ? this.line.join() : standing, standing, timeout);
  }

  /**
   * As {@link enterSync}, for who stands in a place already (or has found none, -1), which it leaves in any case.
   *
   * @param late - what to do when the time is over; the thread still enters if it is invited by then
   */
  enterSyncFrom(place: number, standing: number, timeout: number, late?: () => void): boolean {
    const due = timeout === Infinity ? Infinity : this.words.now() + timeout;
    try {
      this.watch();
      for (;;) {
        if (this.#entered(place, standing)) return true;
        const left = due === Infinity ? SLICE : due - this.words.now();
        if (left <= 0) {
          late?.();
          return late !== undefined && this.#entered(place, standing);
        }
        if (this.line.sleep(place, Math.min(left, SLICE)) === 'timed-out') {
          this.look();
          this.watchBlocked();
        }
        if (place < 0) place = this.line.join();
      }
    } finally {
      if (place >= 0 && place !== standing) this.leave(place);
    }
  }

  /** What who waits and blocks its thread does besides. */
  protected watchBlocked(): void {}

  #entered(place: number, standing: number): boolean {
    if (place < 0 || !this.enterFrom(place)) return false;
    this.line.served(place);
    if (place === standing) this.line.waitAgain(place);
    return true;
  }

  /** What who waits does once a slice. */
  look(): void {
    this.watch();
    this.line.dropDead();
    this.serve();
  }
}
