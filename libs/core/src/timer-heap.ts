/** What stands in a {@link TimerHeap}. It is in one heap at a time, once. */
export interface TimerHeapEntry {
  /** When its turn is; smaller is sooner. It stays as it is while the entry is in. */
  due: number;
  /** Who goes first among those that are due at the same time: the smaller number. */
  age: number;
  /** For the heap: the entry's place; -1 if it is in none. */
  place: number;
}

/**
 * Whatever waits for its time, the soonest first. For clocks, and for others that keep many timers behind one.
 *
 * Adding, and taking out any entry, cost the logarithm of how many there are. Each entry knows its place, so a timer that
 * is stopped leaves at once.
 */
export class TimerHeap<T extends TimerHeapEntry> {
  readonly #entries: T[] = [];

  /** How many entries wait. */
  get size(): number {
    return this.#entries.length;
  }

  /** The soonest entry, which stays in. */
  peek(): T | undefined {
    return this.#entries[0];
  }

  /** Puts an entry in. */
  add(entry: T): void {
    this.#entries.push(entry);
    this.#rise(entry, this.#entries.length - 1);
  }

  /** Takes the soonest entry out. */
  shift(): T | undefined {
    const first = this.#entries[0];
    if (first !== undefined) this.delete(first);
    return first;
  }

  /** Takes an entry out; false if it is not in. */
  delete(entry: T): boolean {
    const { place } = entry;
    if (place < 0) return false;
    entry.place = -1;
    const last = this.#entries.pop() as T;
    if (last === entry) return true;
    this.#sink(last, place);
    if (last.place === place) this.#rise(last, place);
    return true;
  }

  #rise(entry: T, place: number): void {
    while (place > 0) {
      const above = (place - 1) >>> 1;
      const other = this.#entries[above] as T;
      if (!isSooner(entry, other)) break;
      this.#put(other, place);
      place = above;
    }
    this.#put(entry, place);
  }

  #sink(entry: T, place: number): void {
    const { length } = this.#entries;
    for (let below = 2 * place + 1; below < length; below = 2 * place + 1) {
      let other = this.#entries[below] as T;
      const sibling = this.#entries[below + 1];
      if (sibling !== undefined && isSooner(sibling, other)) {
        below += 1;
        other = sibling;
      }
      if (!isSooner(other, entry)) break;
      this.#put(other, place);
      place = below;
    }
    this.#put(entry, place);
  }

  #put(entry: T, place: number): void {
    this.#entries[place] = entry;
    entry.place = place;
  }
}

function isSooner(a: TimerHeapEntry, b: TimerHeapEntry): boolean {
  return a.due < b.due || (a.due === b.due && a.age < b.age);
}
