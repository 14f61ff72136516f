/**
 * Who waits for a lock or a semaphore, in order: the part that all who share the words can see.
 *
 *     [ front | outside | place 0 | place 1 | ... | place 12 ]
 *
 * A place is 0 when it is free, the number of a thread that stands there and waits, or minus that number once the thread
 * is invited to enter. The order is round the circle from `front`. Each thread stands here once, whoever of its
 * coroutines wait.
 *
 * Invariants: only who stands in a place sets it to 0 or back to waiting; others may turn it to invited, and free it when
 * the thread is dead. An invitation is a wake-up and not a right: who finds the door shut waits again in the same place.
 * So no death between two steps can lose anything; what it can cost is order, or one slice of time until somebody looks.
 *
 * Rejected: one word with a ticket counter. It is shorter, but a ticket whose thread died is nobody's, and all wait for it.
 */
import { Spin, type Participant, type WaitResult, type Words } from '@interleave/memory';

/** How many threads can stand in line in order; more wait outside until a place is free. */
const PLACES = 13;
const FRONT = 0;
const OUTSIDE = 1;
const FIRST = 2;

/** The number of words of a {@link Line}. */
export const LINE_LENGTH: number = FIRST + PLACES;

/** Places in shared words where threads wait for their turn. */
export class Line {
  readonly #words: Words;
  readonly #at: number;
  readonly #me: Participant;
  readonly #spin: Spin;
  /** The words of those that are invited and not woken yet, while wake-ups are held back. */
  #heldBack: number[] | undefined;

  /**
   * @param at - the index of its first word
   * @param spin - how often at most a thread looks at its place before it goes to sleep
   */
  constructor(words: Words, at: number, spin: number) {
    this.#words = words;
    this.#at = at;
    this.#me = words.self();
    this.#spin = new Spin(spin);
  }

  /** Takes the place behind all others, or -1 if there is none. */
  join(): number {
    const place = this.#tryJoin();
    if (place >= 0) return place;
    this.dropDead();
    return this.#tryJoin();
  }

  #tryJoin(): number {
    for (;;) {
      const front = this.#front();
      let after = 0;
      let hole = -1;
      for (let step = 0; step < PLACES; step++) {
        if (this.#load((front + step) % PLACES) === 0) hole = step;
        else after = step + 1;
      }
      if (hole < 0) return -1;
      // When the last in the circle is taken, a hole that somebody left is better than to wait outside.
      const place = (front + (after < PLACES ? after : hole)) % PLACES;
      if (this.#words.compareExchange(this.#index(place), 0, this.#me) === 0) return place;
    }
  }

  /** Gives the place back. */
  leave(place: number): void {
    this.#words.store(this.#index(place), 0);
    // An asynchronous wait of this thread may still sleep here; it must not eat the wake-up of who stands here next.
    this.#words.notify(this.#index(place));
    this.#tellOutside();
  }

  /** Notes that this place had its turn: it is the last one now. */
  served(place: number): void {
    this.#words.store(this.#at + FRONT, (place + 1) % PLACES);
  }

  isInvited(place: number): boolean {
    return this.#load(place) === -this.#me;
  }

  /** Turns an invitation that came to nothing into waiting. */
  waitAgain(place: number): void {
    this.#words.store(this.#index(place), this.#me);
  }

  /** Whether nobody stands in line. */
  isEmpty(): boolean {
    for (let place = 0; place < PLACES; place++) {
      if (this.#load(place) !== 0) return false;
    }
    return true;
  }

  /** Whether the place is the next one to be served; who has come this very moment may be overlooked. */
  isNext(place: number): boolean {
    let next = this.#words.peek(this.#at + FRONT);
    for (let step = 0; step < PLACES; step++) {
      if (this.#words.peek(this.#index(next)) !== 0) return next === place;
      next = next + 1 < PLACES ? next + 1 : 0;
    }
    return false;
  }

  /**
   * Sees to it that `most` threads are invited, or all if they are fewer, and wakes those that were not.
   *
   * @returns whether anybody is invited
   */
  invite(most: number): boolean {
    let invited = 0;
    for (let place = 0; place < PLACES; place++) {
      if (this.#load(place) < 0) invited += 1;
    }
    const front = this.#front();
    for (let step = 0; step < PLACES && invited < most; step++) {
      const index = this.#index((front + step) % PLACES);
      const waiting = this.#words.load(index);
      if (waiting <= 0 || this.#words.compareExchange(index, waiting, -waiting) !== waiting) continue;
      if (this.#heldBack === undefined) this.#words.notify(index);
      else this.#heldBack.push(index);
      invited += 1;
    }
    return invited > 0;
  }

  /**
   * Runs `invites`; those that are invited by it sleep on, until the returned function is called. One that nobody wakes because
   * this thread has died sees after its slice that it was invited.
   */
  holdBack(invites: () => void): () => void {
    const heldBack: number[] = [];
    this.#heldBack = heldBack;
    try {
      invites();
    } finally {
      this.#heldBack = undefined;
    }
    return () => {
      for (const index of heldBack) this.#words.notify(index);
    };
  }

  /** Frees the places of threads that have ended. */
  dropDead(): void {
    for (let place = 0; place < PLACES; place++) {
      const there = this.#load(place);
      if (there === 0 || Math.abs(there) === this.#me || this.#words.isAlive(Math.abs(there))) continue;
      this.#words.compareExchange(this.#index(place), there, 0);
      this.#tellOutside();
    }
  }

  /** Blocks the thread until the place is invited, or, with place -1, until one may be free. */
  sleep(place: number, timeout: number): WaitResult {
    if (place < 0) {
      this.#words.add(this.#at + OUTSIDE, 1);
      const woken = this.#words.wait(this.#at + FRONT, this.#front(), timeout);
      this.#words.add(this.#at + OUTSIDE, -1);
      return woken;
    }
    if (this.#spin.until(() => this.#load(place) !== this.#me)) return 'not-equal';
    return this.#words.wait(this.#index(place), this.#me, timeout);
  }

  /** As {@link sleep}, for a place, without blocking and without an end. */
  sleepAsync(place: number): WaitResult | Promise<WaitResult> {
    return this.#words.waitAsync(this.#index(place), this.#me);
  }

  /** The sleepers outside look at the line again; one that is missed here does so after its slice. */
  #tellOutside(): void {
    if (this.#words.load(this.#at + OUTSIDE) > 0) this.#words.notify(this.#at + FRONT, 1);
  }

  #front(): number {
    return this.#words.load(this.#at + FRONT);
  }

  #load(place: number): number {
    return this.#words.load(this.#index(place));
  }

  #index(place: number): number {
    return this.#at + FIRST + place;
  }
}
