/**
 * Timers in circles, as clocks have them: setting and stopping one costs the same however many wait.
 *
 *     level 0   1,024 slots of      1 tick    the next 1,024 ticks
 *     level 1     256 slots of  1,024 ticks   each is dealt out to level 0 when its first tick comes
 *     level 2     256 slots of   2^18 ticks   each is dealt out to level 1
 *     level 3     256 slots of   2^26 ticks   and what lies behind its end waits in its last slot
 *
 * After Varghese and Lauck, "Hashed and hierarchical timing wheels" (1987). A heap is shorter and finds the next timer at
 * once, but pays for every timer with the number of all others; most timers are stopped before they fire. The first level is
 * wide, because to deal an entry out costs as much as to put it in; a bit for each slot finds the next one in a circle that is
 * nearly empty.
 */

/** The slots of each level: multiples of 32, the bits of a number. */
const SLOTS = [1_024, 256, 256, 256] as const;
const LEVELS = SLOTS.length;
/** Where the slots of each level begin; the last number is how many there are. */
const FIRST = [0, 1_024, 1_280, 1_536, 1_792] as const;
/** How many ticks one slot of each level holds; the last number is what all levels reach. */
const SPANS = [1, 2 ** 10, 2 ** 18, 2 ** 26, 2 ** 34] as const;
const REACH = SPANS[LEVELS] - 1;

/** What stands in a {@link TimingWheel}. It is in one wheel at a time, once. */
export interface WheelEntry {
  /** When its turn is: it comes out at the tick that begins at this moment or before. It stays as it is while it is in. */
  readonly due: number;
  /** For the wheel: the number of its slot, below 0 if it is in none, and its place there. */
  slot: number;
  place: number;
}

/**
 * Entries by the tick they are due at. It knows nothing of time: whoever has it tells it which tick it is.
 *
 * @typeParam T - the entries
 */
export class TimingWheel<T extends WheelEntry> {
  readonly #slots = new Array<T[] | undefined>(FIRST[LEVELS]).fill(undefined);
  /** A bit for each slot that holds something. */
  readonly #filled = new Int32Array(FIRST[LEVELS] / 32);
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
    if (entries.length === 0) this.#clear(slot);
    entry.slot = entry.place = -1;
    const level = slot < FIRST[1] ? 0 : slot < FIRST[2] ? 1 : slot < FIRST[3] ? 2 : 3;
    this.#sizes[level] = (this.#sizes[level] as number) - 1;
    this.#size -= 1;
    return true;
  }

  /** The next tick at which something can come out, or has to be dealt out; `undefined` if it is empty. */
  next(): number | undefined {
    let found: number | undefined;
    for (let level = 0; level < LEVELS; level++) {
      if (this.#sizes[level] === 0) continue;
      const tick = this.#nextOf(level);
      if (found === undefined || tick < found) found = tick;
    }
    return found;
  }

  /**
   * Goes on to the next tick at which something happens.
   *
   * @param to - where it stops at the latest, and stands if nothing happens before
   * @returns what is due at that tick, in any order, maybe nothing; `undefined` if nothing has happened
   */
  step(to: number): T[] | undefined {
    const tick = this.next();
    if (tick === undefined || tick > to) {
      this.#tick = Math.max(this.#tick, to);
      return undefined;
    }
    this.#tick = tick;
    for (let level = LEVELS - 1; level > 0; level--) {
      if (this.#sizes[level] !== 0 && tick % (SPANS[level] as number) === 0) this.#deal(level, tick);
    }
    const due = this.#empty(0, tick);
    this.#size -= due.length;
    for (const entry of due) entry.slot = entry.place = -1;
    return due;
  }

  /** Deals the slot of a level that begins at this tick out to the levels below. */
  #deal(level: number, tick: number): void {
    for (const entry of this.#empty(level, tick / (SPANS[level] as number))) this.#place(entry);
  }

  #place(entry: T): void {
    const distance = Math.min(Math.floor(entry.due) - this.#tick, REACH);
    let level = 0;
    while (distance >= (SPANS[level + 1] as number)) level += 1;
    const slot = slotOf(level, Math.floor((this.#tick + distance) / (SPANS[level] as number)));
    const entries = this.#slots[slot];
    if (entries === undefined) this.#fill(slot, entry);
    else entry.place = entries.push(entry) - 1;
    entry.slot = slot;
    this.#sizes[level] = (this.#sizes[level] as number) + 1;
  }

  /** The first tick of the next slot of a level that holds something; it is not empty. */
  #nextOf(level: number): number {
    const span = SPANS[level] as number;
    const here = Math.floor(this.#tick / span);
    for (let turn = here + 1; ;) {
      const slot = slotOf(level, turn);
      const bits = (this.#filled[slot >>> 5] as number) >>> (slot & 31);
      if (bits !== 0) return (turn + 31 - Math.clz32(bits & -bits)) * span;
      turn += 32 - (slot & 31);
    }
  }

  /** Takes all out of a slot. What lies behind the end of the last level comes back into the same one. */
  #empty(level: number, turn: number): T[] {
    const slot = slotOf(level, turn);
    const entries = this.#slots[slot];
    if (entries === undefined) return [];
    this.#clear(slot);
    this.#sizes[level] = (this.#sizes[level] as number) - entries.length;
    return entries;
  }

  #fill(slot: number, entry: T): void {
    this.#slots[slot] = [entry];
    entry.place = 0;
    this.#filled[slot >>> 5] = (this.#filled[slot >>> 5] as number) | (1 << (slot & 31));
  }

  #clear(slot: number): void {
    this.#slots[slot] = undefined;
    this.#filled[slot >>> 5] = (this.#filled[slot >>> 5] as number) & ~(1 << (slot & 31));
  }
}

/** The slot for a turn of a level: how many of its spans after the beginning of time. */
function slotOf(level: number, turn: number): number {
  return (FIRST[level] as number) + (turn % (SLOTS[level] as number));
}
