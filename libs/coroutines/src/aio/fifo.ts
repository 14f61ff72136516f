/**
 * An array that is cheap to take from at the front.
 *
 * @internal
 */
export class Fifo<T> {
  #items: (T | undefined)[] = [];
  /** Where the first one is; before it are empty places. */
  #at = 0;

  push(item: T): void {
    this.#items.push(item);
  }

  first(): T | undefined {
    return this.#items[this.#at];
  }

  shift(): T | undefined {
    const item = this.#items[this.#at];
    this.#items[this.#at] = undefined;
    this.#at += 1;
    // Moved when half of it is empty: each item at most once on the average.
    if (this.#at * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#at);
      this.#at = 0;
    }
    return item;
  }
}
