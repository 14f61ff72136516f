/**
 * Timers in circles, as clocks have them: setting and stopping one costs the same however many wait.
 *
 *     level 0   256 slots of       1 tick    the next 256 ticks
 *     level 1   256 slots of     256 ticks   each is dealt out to level 0 when its first tick comes
 *     level 2   256 slots of  65,536 ticks   each is dealt out to level 1
 *     level 3   256 slots of    2^24 ticks   and what lies behind its end waits in its last slot
 *
 * After Varghese and Lauck, "Hashed and hierarchical timing wheels" (1987). A heap is shorter and finds the next timer at
 * once, but pays for every timer with the number of all others; most timers are stopped before they fire.
 */

const SLOTS = 256;
const LEVELS = 4;
/** How many ticks one slot of each level holds; the last number is what all levels reach. */
const SPANS = Array.from({ length: LEVELS + 1 }, (_, level) => SLOTS ** level);
const REACH = (SPANS[LEVELS] as number) - 1;

/** What stands in a {@link TimingWheel}. It is in one wheel at a time, once. */
export interface WheelEntry {
  /** When its turn is: it comes out at the tick that begins at this moment or before. It stays as it is while it is in. */
  readonly due: number;
  /** For the wheel: the number of its slot, -1 if it is in none, and its place there. */
  slot: number;
  place: number;
}

/**
 * Entries by the tick they are due at. It knows nothing of time: whoever has it tells it which tick it is.
 *
 * @typeParam T - the entries
 */
export class TimingWheel<T extends WheelEntry> {
  readonly #slots = Array.from({ length: LEVELS * SLOTS }, (): T[] => []);
  readonly #sizes = new Array<number>(LEVELS).fill(0);
  /** Everything due at this tick or before it has come out. */
  #tick: number;
  #size = 0;

  /** @param tick - the tick it is; nothing can be added for it, or for one before it */
  constructor(tick: number) {
    this.#tick = tick;
  }

  /** How many entries wait. */
  get size(): number {
    return this.#size;
  }

  /** The tick it stands at. */
  get tick(): number {
    return this.#tick;
  }

  /** Puts an entry in. It is due at a tick behind the wheel's own. */
  add(entry: T): void {
    this.#place(entry);
    this.#size += 1;
  }

  /** Takes an entry out; false if it is not in. */
  delete(entry: T): boolean {
    const { slot, place } = entry;
    if (slot < 0) return false;
    const entries = this.#slots[slot] as T[];
    // The last one takes its place: there is no order in a slot.
    const last = entries.pop() as T;
    if (last !== entry) {
      entries[place] = last;
      last.place = place;
    }
    entry.slot = entry.place = -1;
    const level = Math.floor(slot / SLOTS);
    this.#sizes[level] = (this.#sizes[level] as number) - 1;
    this.#size -= 1;
    return true;
  }

  /** The next tick at which something can come out, or has to be dealt out; `undefined` if it is empty. */
  next(): number | undefined {
    let found: number | undefined;
    for (let level = 0; level < LEVELS; level++) {
      if (this.#sizes[level] === 0) continue;
      const span = SPANS[level] as number;
      const here = Math.floor(this.#tick / span);
      for (let ahead = 1; ahead <= SLOTS; ahead++) {
        if (found !== undefined && (here + ahead) * span >= found) break;
        if (this.#at(level, here + ahead).length > 0) {
          found = (here + ahead) * span;
          break;
        }
      }
    }
    return found;
  }

  /**
   * Goes on to the next tick at which something happens, and hands out what is due at it, in any order.
   *
   * @param to - where it stops at the latest, and stands if nothing happens before
   * @returns whether something happened
   */
  step(to: number, out: (entry: T) => void): boolean {
    const tick = this.next();
    if (tick === undefined || tick > to) {
      this.#tick = Math.max(this.#tick, to);
      return false;
    }
    this.#tick = tick;
    for (let level = LEVELS - 1; level > 0; level--) {
      if (tick % (SPANS[level] as number) === 0) this.#deal(level, tick);
    }
    for (const entry of this.#empty(0, tick)) {
      entry.slot = entry.place = -1;
      this.#size -= 1;
      out(entry);
    }
    return true;
  }

  /** Deals the slot of a level that begins at this tick out to the levels below. */
  #deal(level: number, tick: number): void {
    for (const entry of this.#empty(level, Math.floor(tick / (SPANS[level] as number)))) this.#place(entry);
  }

  #place(entry: T): void {
    const distance = Math.min(Math.floor(entry.due) - this.#tick, REACH);
    let level = 0;
    while (distance >= (SPANS[level + 1] as number)) level += 1;
    const slot = level * SLOTS + (Math.floor((this.#tick + distance) / (SPANS[level] as number)) % SLOTS);
    entry.slot = slot;
    entry.place = (this.#slots[slot] as T[]).push(entry) - 1;
    this.#sizes[level] = (this.#sizes[level] as number) + 1;
  }

  #at(level: number, turn: number): T[] {
    return this.#slots[level * SLOTS + (turn % SLOTS)] as T[];
  }

  /** Takes all out of a slot. What lies behind the end of the last level comes back into the same one. */
  #empty(level: number, turn: number): T[] {
    const entries = this.#at(level, turn);
    if (entries.length === 0) return entries;
    this.#slots[level * SLOTS + (turn % SLOTS)] = [];
    this.#sizes[level] = (this.#sizes[level] as number) - entries.length;
    return entries;
  }
}
