import { Greenlet } from './greenlet.js';
import { GroupBase } from './group-base.js';

/**
 * Greenlets that are joined and killed together. There may be any number of them; for at most so many at a time take a
 * `GreenletPool`.
 *
 * It differs from a `TaskGroup` of `aio` in that an error of one does not end the others, and that greenlets may come
 * and go.
 *
 * @example
 * ```ts
 * const group = new gevent.Group();
 * for (const url of urls) group.spawn(download, url);
 * if (!(await group.join({ timeout: 2_000 }))) await group.kill();
 * ```
 */
export class Group extends GroupBase {
  /**
   * @param greenlets - to begin with; started or not
   * @throws {TypeError} if one is no greenlet
   */
  constructor(greenlets: Iterable<Greenlet> = []) {
    super();
    for (const each of greenlets) this.add(each);
  }

  /**
   * Takes a greenlet in. Does nothing if it is in.
   *
   * @throws {TypeError} if it is no greenlet
   */
  add(greenlet: Greenlet): void {
    this.check(greenlet);
    if (!this.has(greenlet)) this.enter(greenlet);
  }

  /**
   * Takes a greenlet in and starts it.
   *
   * @throws {TypeError} if it is no greenlet
   */
  start(greenlet: Greenlet): void {
    this.add(greenlet);
    greenlet.start();
  }

  /**
   * Starts a new greenlet in it.
   *
   * @param args - the arguments of `body`
   * @throws {TypeError} if `body` is not a function
   */
  override spawn<T, A extends readonly unknown[]>(body: (...args: A) => T | PromiseLike<T>, ...args: A): Greenlet<T> {
    const greenlet = new Greenlet(body, ...args);
    this.start(greenlet);
    return greenlet;
  }

  /** For example `<Group of 3>`. */
  override toString(): string {
    return `<Group of ${this.size}>`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}
