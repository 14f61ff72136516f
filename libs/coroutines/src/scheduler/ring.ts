/** First in, first out: a ring that grows, for `Array.shift` moves all that stay. */
export class Ring<T extends object> {
  /** A power of two of places, so that a mask finds the place. */
  #places = new Array<T | undefined>(64).fill(undefined);
  #head = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(item: T): void {
    if (this.#size === this.#places.length) this.#grow();
    this.#places[(this.#head + this.#size) & (this.#places.length - 1)] = item;
    this.#size += 1;
  }

  shift(): T | undefined {
    if (this.#size === 0) return undefined;
    const head = this.#head;
    const item = this.#places[head];
    this.#places[head] = undefined;
    this.#head = (head + 1) & (this.#places.length - 1);
    this.#size -= 1;
    return item;
  }

  #grow(): void {
    const room = new Array<undefined>(this.#places.length).fill(undefined);
    this.#places = this.#places.slice(this.#head).concat(this.#places.slice(0, this.#head), room);
    this.#head = 0;
  }
}
