import { InvalidStateError, OwnerDiedError } from '@interleave/core';
import type { Participant, Words } from '@interleave/memory';
import { Gate } from './gate.js';
import { LINE_LENGTH } from './line.js';

/** The number of words of a {@link LockGate}: 64 bytes. */
export const LOCK_LENGTH: number = 1 + LINE_LENGTH;

/** The door's word: nobody is inside and those in line are invited. The other values are 0, an owner, or minus an owner. */
const RESERVED = -(2 ** 31);

/** Of the turns of a lock that is not fair, every so many-th of a thread goes to who waits for it. */
const PASSES = 16;

/**
 * A door for one: its word is 0 when it is open, the owner's number when somebody is inside, minus that number when it is
 * marked as well, and `RESERVED` when it is open for those in line only.
 *
 * Coming and going without a line is one exchange each. With a line, the one who leaves invites the next and never opens
 * the door to all; that keeps the order, and costs a change of threads for each turn.
 *
 * A lock that is not fair opens the door to all and takes the mark away, while the one who is invited is on its way. Whoever
 * runs already comes and goes at full speed until then. The invited one marks the door again if it finds somebody inside;
 * each 16th time that such a mark is seen, the turn is kept for it. Whoever leaves the line, or looks after it, sees to it
 * that the door is marked for the others: who was on its way and died would have done so.
 */
export class LockGate extends Gate {
  readonly #me: Participant;
  readonly #name: () => string;
  readonly #fair: boolean;
  /** How often this thread has let the next ones pass who waits. */
  #passes = 0;
  /** Called once a slice while the thread is blocked; may throw. */
  onSlice: ((owner: Participant) => void) | undefined;

  /**
   * @param name - what messages call it
   * @param fair - whether nobody passes those who wait
   */
  constructor(words: Words, at: number, spin: number, name: () => string, fair: boolean) {
    super(words, at, spin);
    this.#me = words.self();
    this.#name = name;
    this.#fair = fair;
  }

  /** The number of the thread that is inside, or 0. */
  owner(): Participant {
    const door = this.words.load(this.at);
    return door === RESERVED ? 0 : Math.abs(door);
  }

  /** Whether nobody new can enter. */
  isShut(): boolean {
    return this.words.load(this.at) !== 0;
  }

  isMine(): boolean {
    return this.owner() === this.#me;
  }

  override tryEnter(): boolean {
    return this.words.compareExchange(this.at, 0, this.#me) === 0;
  }

  protected override take(): boolean {
    const door = this.words.load(this.at);
    return (door === RESERVED || door === 0) && this.words.compareExchange(this.at, door, -this.#me) === door;
  }

  protected override free(): number {
    const door = this.words.load(this.at);
    return door === RESERVED || door === 0 ? 1 : 0;
  }

  protected override mark(): boolean {
    for (;;) {
      const door = this.words.load(this.at);
      if (door === RESERVED) return true;
      if (door < 0) return false;
      const marked = door === 0 ? RESERVED : -door;
      if (this.words.compareExchange(this.at, door, marked) === door) return door === 0;
    }
  }

  protected override unmark(): boolean {
    return this.words.compareExchange(this.at, RESERVED, 0) === RESERVED;
  }

  override watch(): void {
    const owner = this.owner();
    if (owner === 0 || owner === this.#me || this.words.isAlive(owner)) return;
    // It may have left, and ended, between the two looks.
    if (this.owner() !== owner) return;
    throw new OwnerDiedError(
      `Cannot acquire ${this.#name()}: its owner ended without releasing it; check what it guards, then call recover()`,
    );
  }

  protected override watchBlocked(): void {
    const owner = this.owner();
    this.onSlice?.(owner);
  }

  /** Leaves when nobody stands in line; returns whether it did. */
  tryLeave(): boolean {
    return this.words.compareExchange(this.at, this.#me, 0) === this.#me;
  }

  /** Whether the caller's thread is inside and the door is marked. */
  isMineAndMarked(): boolean {
    return this.words.load(this.at) === -this.#me;
  }

  /**
   * Lets out whoever is inside.
   *
   * @throws {InvalidStateError} if nobody is
   * @throws {OwnerDiedError} if who is inside is dead
   */
  open(): void {
    for (;;) {
      const door = this.words.load(this.at);
      if (door === 0 || door === RESERVED)
        throw new InvalidStateError(`Cannot release ${this.#name()}: it is not held`);
      if (Math.abs(door) !== this.#me && !this.words.isAlive(Math.abs(door))) {
        if (this.words.load(this.at) !== door) continue;
        throw new OwnerDiedError(`Cannot release ${this.#name()}: its owner has ended; call recover()`);
      }
      if (this.#openFrom(door)) return;
    }
  }

  /** Lets out somebody who has died; returns whether there was one. */
  recover(): boolean {
    for (;;) {
      const door = this.words.load(this.at);
      if (door === 0 || door === RESERVED || this.words.isAlive(Math.abs(door))) return false;
      if (this.#openFrom(door)) return true;
    }
  }

  #openFrom(door: number): boolean {
    const pass = !this.#fair && this.#passes % PASSES !== PASSES - 1;
    if (this.words.compareExchange(this.at, door, door > 0 || pass ? 0 : RESERVED) !== door) return false;
    if (door > 0) return true;
    this.#passes += 1;
    this.serve();
    return true;
  }

  override leave(place: number): void {
    super.leave(place);
    if (!this.#fair) this.#markAgain();
  }

  override look(): void {
    super.look();
    if (!this.#fair) this.#markAgain();
  }

  /** Marks the door for those in line if somebody has passed them. */
  #markAgain(): void {
    const door = this.words.load(this.at);
    if (door > 0 && !this.line.isEmpty()) this.words.compareExchange(this.at, door, -door);
  }
}
