/**
 * A meeting point over words: who has come, and how far the round is.
 *
 *     [ count x 4 + phase | place 0 | place 1 | ... ]           a place holds the number of the thread that stands there
 *
 *     filling ──the last has come──> draining ──all have left──> filling
 *        └──abort, too late, dead──> broken ──reset──> resetting ──all have left──┘
 *
 * Nobody enters a new round before all have left the old one, so who wakes late still sees how its own round ended. A
 * party takes a place before it counts, and gives it back before it goes; places of the dead show what is missing.
 */
import { BrokenBarrierError } from '@interleave/core';
import type { Participant, Words } from '@interleave/memory';

/** How far the round is. */
export type BarrierPhase = 'filling' | 'draining' | 'resetting' | 'broken';

const FILLING = 0;
const DRAINING = 1;
const RESETTING = 2;
const BROKEN = 3;
const phases: readonly BarrierPhase[] = ['filling', 'draining', 'resetting', 'broken'];

/** See the overview. */
export class BarrierGate {
  readonly words: Words;
  readonly at: number;
  readonly #parties: number;
  readonly #me: Participant;

  constructor(words: Words, at: number, parties: number) {
    this.words = words;
    this.at = at;
    this.#parties = parties;
    this.#me = words.self();
  }

  phase(): BarrierPhase {
    return phases[this.#load() & 3]!;
  }

  /** How many wait in this round. */
  count(): number {
    const state = this.#load();
    return (state & 3) === FILLING ? state >> 2 : 0;
  }

  /**
   * Enters the round.
   *
   * @returns the place, and whether the round is full with it; undefined while the last round has not ended
   * @throws {BrokenBarrierError} if it is broken
   */
  arrive(what: string): { place: number; last: boolean } | undefined {
    const place = this.#claim();
    for (;;) {
      const state = this.#load();
      const full = state >> 2 >= this.#parties;
      if (place >= 0 && (state & 3) === FILLING && !full) {
        if (this.words.compareExchange(this.at, state, state + 4) === state) {
          return { place, last: (state >> 2) + 1 === this.#parties };
        }
        continue;
      }
      if (place >= 0) this.leave(place);
      if ((state & 3) === BROKEN) throw broken(what);
      return undefined;
    }
  }

  /** Opens it for those who have come. */
  open(): void {
    const full = this.#parties << 2;
    if (this.words.compareExchange(this.at, full, full | DRAINING) === full) this.words.notify(this.at);
  }

  /** Takes back an arrival, if the round is not over; returns whether it did. */
  withdraw(place: number): boolean {
    for (;;) {
      const state = this.#load();
      if ((state & 3) !== FILLING || state >> 2 >= this.#parties) return false;
      if (this.words.compareExchange(this.at, state, state - 4) !== state) continue;
      this.leave(place);
      return true;
    }
  }

  /** Gives the place back; the last to do so begins the next round. */
  leave(place: number): void {
    this.words.store(this.#index(place), 0);
    this.#settle();
  }

  /** Breaks a round that is not over yet, or any. */
  break(any: boolean): void {
    for (;;) {
      const state = this.#load();
      const phase = state & 3;
      if (phase === BROKEN || (phase !== FILLING && !any)) return;
      if (this.words.compareExchange(this.at, state, (state & ~3) | BROKEN) !== state) continue;
      this.words.notify(this.at);
      return;
    }
  }

  /** Sends away who waits, and begins anew when they have left. */
  reset(): void {
    for (;;) {
      const state = this.#load();
      const phase = state & 3;
      if (phase === DRAINING || phase === RESETTING || state === FILLING) break;
      if (this.words.compareExchange(this.at, state, (state & ~3) | RESETTING) !== state) continue;
      this.words.notify(this.at);
      break;
    }
    this.look();
  }

  /** Looks for parties that have died: without them a round can never be full, but it can end. */
  look(): void {
    for (let place = 0; place < this.#parties; place++) {
      const there = this.words.load(this.#index(place));
      if (there === 0 || there === this.#me || this.words.isAlive(there)) continue;
      this.break(false);
      this.words.compareExchange(this.#index(place), there, 0);
    }
    this.#settle();
  }

  #settle(): void {
    const state = this.#load();
    const phase = state & 3;
    if (phase !== DRAINING && phase !== RESETTING) return;
    for (let place = 0; place < this.#parties; place++) {
      if (this.words.load(this.#index(place)) !== 0) return;
    }
    if (this.words.compareExchange(this.at, state, FILLING) === state) this.words.notify(this.at);
  }

  /** A free place, or -1. */
  #claim(): number {
    for (let place = 0; place < this.#parties; place++) {
      if (this.words.compareExchange(this.#index(place), 0, this.#me) === 0) return place;
    }
    return -1;
  }

  #load(): number {
    return this.words.load(this.at);
  }

  #index(place: number): number {
    return this.at + 1 + place;
  }
}

/** The error of those who wait at a broken barrier. */
export function broken(what: string): BrokenBarrierError {
  return new BrokenBarrierError(
    `Cannot pass ${what}: it was aborted or reset, or a party was late or has died; call reset() to begin anew`,
  );
}
