interface Place<T> {
  readonly item: T;
  before: Place<T> | undefined;
  after: Place<T> | undefined;
}

/**
 * Who waits, in the order in which they came; anybody may leave.
 *
 * Linked by hand: an array is slow to take the first or the middle from, and a `Set` slow to find the first in, once
 * many have left.
 *
 * @internal
 */
export class Line<T> {
  #first: Place<T> | undefined;
  #last: Place<T> | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Who is first, if anybody is there. */
  get first(): T | undefined {
    return this.#first?.item;
  }

  /** @returns takes the item out again; does nothing if it has left already */
  push(item: T): () => void {
    const place: Place<T> = { item, before: this.#last, after: undefined };
    if (this.#last === undefined) this.#first = place;
    else this.#last.after = place;
    this.#last = place;
    this.#size += 1;
    return () => this.#leave(place);
  }

  /** Takes the first one out. */
  shift(): T | undefined {
    const place = this.#first;
    if (place !== undefined) this.#leave(place);
    return place?.item;
  }

  #leave(place: Place<T>): void {
    const { before, after } = place;
    // Whoever has left has no neighbours; the only one in line has none either.
    if (before === undefined && this.#first !== place) return;
    if (before === undefined) this.#first = after;
    else before.after = after;
    if (after === undefined) this.#last = before;
    else after.before = before;
    place.before = undefined;
    place.after = undefined;
    this.#size -= 1;
  }
}
