import { setImmediate } from 'node:timers';

/**
 * A table that is valid until the current turn of the event loop ends: until the program gets back to waiting for timers
 * and input. Promise callbacks in between belong to the turn.
 */
export class TurnTable<K extends object, V> {
  #table: WeakMap<K, V> | undefined;

  get(key: K): V | undefined {
    return this.#table?.get(key);
  }

  set(key: K, value: V): void {
    if (this.#table === undefined) {
      this.#table = new WeakMap();
      // Does not keep the program alive: when nothing else does, the turn has no end that matters.
      setImmediate(() => {
        this.#table = undefined;
      }).unref();
    }
    this.#table.set(key, value);
  }
}
