import type { SelectorKey } from './selector.js';

/**
 * A live, read-only view of all keys of a selector, by what was registered.
 *
 * @example
 * ```ts
 * for (const [socket, key] of selector.getMap()) console.log(socket.remotePort, key.events);
 * ```
 */
export class SelectorMap<F, K extends SelectorKey<F>> {
  readonly #keys: ReadonlyMap<unknown, K>;
  readonly #find: (fileObj: F) => K | undefined;

  /** @internal */
  constructor(keys: ReadonlyMap<unknown, K>, find: (fileObj: F) => K | undefined) {
    this.#keys = keys;
    this.#find = find;
  }

  /** How many are registered; 0 once the selector is closed. */
  get size(): number {
    return this.#keys.size;
  }

  has(fileObj: F): boolean {
    return this.#find(fileObj) !== undefined;
  }

  /** The key of what was registered, or else `otherwise`. */
  get(fileObj: F): K | undefined;
  get<T>(fileObj: F, otherwise: T): K | T;
  get(fileObj: F, otherwise?: unknown): unknown {
    return this.#find(fileObj) ?? otherwise;
  }

  *keys(): IterableIterator<F> {
    for (const key of this.#keys.values()) yield key.fileObj;
  }

  values(): IterableIterator<K> {
    return this.#keys.values();
  }

  *entries(): IterableIterator<[F, K]> {
    for (const key of this.#keys.values()) yield [key.fileObj, key];
  }

  [Symbol.iterator](): IterableIterator<[F, K]> {
    return this.entries();
  }

  /** @throws {TypeError} always */
  set(): never {
    throw new TypeError('Cannot set a key of this map: it is read-only; use register() or modify() of the selector');
  }

  /** @throws {TypeError} always */
  delete(): never {
    throw new TypeError('Cannot delete from this map: it is read-only; use unregister() of the selector');
  }
}
