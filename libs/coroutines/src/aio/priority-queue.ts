import { Queue, type QueueOptions } from './queue.js';

/** Options of {@link PriorityQueue}. */
export interface PriorityQueueOptions<T> extends QueueOptions {
  /**
   * Which of two items comes first: negative for the first one, positive for the second, 0 for the one that was put first.
   * Default: numbers, strings, dates and the like by size; arrays by their first items that differ, as Python's tuples.
   */
  readonly compare?: ((a: T, b: T) => number) | undefined;
}

interface Ranked<T> {
  readonly item: T;
  /** The how manieth it was. */
  readonly rank: number;
}

/**
 * A Queue that gives the smallest item; among equal ones, the one that was put first.
 *
 * @example
 * ```ts
 * const jobs = new aio.PriorityQueue<[priority: number, job: string]>();
 * await jobs.put([2, 'sweep']);
 * await jobs.put([1, 'cook']);
 * await jobs.get(); // [1, 'cook']
 * ```
 */
export class PriorityQueue<T> extends Queue<T> {
  /** A binary heap: the smallest is first, and each is not above its two children, at 2n+1 and 2n+2. */
  readonly #heap: Ranked<T>[] = [];
  readonly #compare: (a: T, b: T) => number;
  #count = 0;

  /** @throws {TypeError | RangeError} for options that make no sense */
  constructor(options: PriorityQueueOptions<T> = {}) {
    super(options);
    const { compare = naturally } = options;
    if (typeof compare !== 'function') {
      throw new TypeError(`Cannot order items by ${typeof compare}: compare is a function`);
    }
    this.#compare = compare;
  }

  protected override _put(item: T): void {
    const ranked = { item, rank: this.#count };
    // All is compared before anything moves: a comparison that throws leaves the queue as it was.
    const path = [this.#heap.length];
    for (let at = this.#heap.length; at > 0;) {
      at = (at - 1) >> 1;
      if (this.#isBefore(this.#heap[at]!, ranked)) break;
      path.push(at);
    }
    this.#count += 1;
    this.#shift(path, ranked);
  }

  protected override _get(): T {
    const { item } = this.#heap[0]!;
    const last = this.#heap.at(-1)!;
    const size = this.#heap.length - 1;
    const path = [0];
    for (let at = 0; ;) {
      let child = 2 * at + 1;
      if (child >= size) break;
      if (child + 1 < size && this.#isBefore(this.#heap[child + 1]!, this.#heap[child]!)) child += 1;
      if (this.#isBefore(last, this.#heap[child]!)) break;
      path.push(child);
      at = child;
    }
    this.#heap.pop();
    if (size > 0) this.#shift(path, last);
    return item;
  }

  protected override _peek(): T {
    return this.#heap[0]!.item;
  }

  /** Moves everything on the path one step to its beginning, and puts `last` at the end. */
  #shift(path: readonly number[], last: Ranked<T>): void {
    for (let step = 0; step + 1 < path.length; step++) this.#heap[path[step]!] = this.#heap[path[step + 1]!]!;
    this.#heap[path.at(-1)!] = last;
  }

  #isBefore(a: Ranked<T>, b: Ranked<T>): boolean {
    const order = this.#compare(a.item, b.item);
    if (typeof order !== 'number' || Number.isNaN(order)) {
      throw new TypeError(`Cannot order the items of a PriorityQueue: compare gave ${String(order)}`);
    }
    return order < 0 || (order === 0 && a.rank < b.rank);
  }
}

function naturally(a: unknown, b: unknown): number {
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let at = 0; at < Math.min(a.length, b.length); at++) {
      const order = naturally(a[at], b[at]);
      if (order !== 0) return order;
    }
    return a.length - b.length;
  }
  const [x, y] = [a instanceof Date ? a.getTime() : a, b instanceof Date ? b.getTime() : b];
  if (isOrdered(x) && isOrdered(y) && (typeof x === typeof y || (typeof x !== 'string' && typeof y !== 'string'))) {
    if (x < y) return -1;
    return x > y ? 1 : 0;
  }
  throw new TypeError('Cannot order the items of a PriorityQueue: they are not of a kind; pass { compare }');
}

function isOrdered(value: unknown): value is number | bigint | string | boolean {
  return ['number', 'bigint', 'string', 'boolean'].includes(typeof value) && value === value;
}
