/**
 * First come, first served, within priorities.
 *
 * One array with a moving head for each priority in use: `Array.shift` would move all the rest at every step, which
 * costs 8 to 15 µs a task once 50,000 wait. An entry that is taken out of the middle leaves a hole, so that taking out
 * is cheap as well and frees the entry at once.
 *
 * @internal
 */
export class TaskQueue<T extends QueueEntry> {
  /** Highest priority first. Nearly always there is only one. */
  readonly #lanes: Lane<T>[] = [];
  #size = 0;

  /** How many wait. */
  get size(): number {
    return this.#size;
  }

  /** Adds an entry behind those of its priority. */
  push(entry: T): void {
    const lane = this.#lane(entry.priority);
    entry.position = lane.first + lane.entries.length;
    lane.entries.push(entry);
    this.#size += 1;
  }

  /** Puts entries back that had been taken, in front of those of their priority, in the given order. */
  putBack(entries: readonly T[]): void {
    const groups = new Map<number, T[]>();
    for (const entry of entries) {
      const group = groups.get(entry.priority);
      if (group === undefined) groups.set(entry.priority, [entry]);
      else group.push(entry);
    }
    for (const [priority, group] of groups) {
      const lane = this.#lane(priority);
      // All at once: one by one, each would move everything behind it.
      if (lane.head < group.length) {
        const room = group.length - lane.head;
        lane.entries = new Array<T | undefined>(room).fill(undefined).concat(lane.entries);
        lane.first -= room;
        lane.head += room;
      }
      lane.head -= group.length;
      group.forEach((entry, at) => {
        lane.entries[lane.head + at] = entry;
        entry.position = lane.first + lane.head + at;
      });
      this.#size += group.length;
    }
  }

  /** The next one, which stays. */
  peek(): T | undefined {
    if (this.#size === 0) return undefined;
    for (const lane of this.#lanes) {
      const { entries } = lane;
      while (lane.head < entries.length) {
        const entry = entries[lane.head];
        if (entry !== undefined) return entry;
        lane.head += 1;
      }
      this.#trim(lane);
    }
    return undefined;
  }

  /** Takes the next one. */
  shift(): T | undefined {
    const entry = this.peek();
    if (entry !== undefined) this.remove(entry);
    return entry;
  }

  /** Takes an entry out, wherever it is; false if it is not here. */
  remove(entry: T): boolean {
    if (entry.position === undefined) return false;
    const lane = this.#lane(entry.priority);
    lane.entries[entry.position - lane.first] = undefined;
    entry.position = undefined;
    this.#size -= 1;
    this.#trim(lane);
    return true;
  }

  /** All that wait, in the order in which they would be taken. */
  list(): T[] {
    return this.#lanes.flatMap((lane) => lane.entries.filter((entry) => entry !== undefined));
  }

  #lane(priority: number): Lane<T> {
    let at = 0;
    for (; at < this.#lanes.length; at++) {
      const lane = this.#lanes[at] as Lane<T>;
      if (lane.priority === priority) return lane;
      if (lane.priority < priority) break;
    }
    const lane: Lane<T> = { priority, entries: [], head: 0, first: 0 };
    this.#lanes.splice(at, 0, lane);
    return lane;
  }

  /** Gives up the room in front of the head, now and then, so that each step costs the same on average. */
  #trim(lane: Lane<T>): void {
    const { entries } = lane;
    while (lane.head < entries.length && entries[lane.head] === undefined) lane.head += 1;
    if (lane.head === entries.length) {
      lane.first += entries.length;
      lane.head = 0;
      lane.entries = [];
    } else if (lane.head > 1_024 && lane.head * 2 > entries.length) {
      lane.entries = entries.slice(lane.head);
      lane.first += lane.head;
      lane.head = 0;
    }
  }
}

/** @internal What the queue keeps in an entry. */
export interface QueueEntry {
  readonly priority: number;
  /** Where it is in its lane, counted from the lane's beginning; `undefined` while it is in no queue. */
  position: number | undefined;
}

interface Lane<T> {
  readonly priority: number;
  entries: (T | undefined)[];
  head: number;
  /** The position of `entries[0]`. */
  first: number;
}
