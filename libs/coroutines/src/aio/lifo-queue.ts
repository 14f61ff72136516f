import { Queue } from './queue.js';

/**
 * A Queue that gives the item that came last.
 *
 * @example
 * ```ts
 * const stack = new aio.LifoQueue<string>();
 * ```
 */
export class LifoQueue<T> extends Queue<T> {
  readonly #items: T[] = [];

  protected override _put(item: T): void {
    this.#items.push(item);
  }

  protected override _get(): T {
    return this.#items.pop() as T;
  }

  protected override _peek(): T {
    return this.#items.at(-1) as T;
  }
}
