import { randomUUID } from 'node:crypto';

/**
 * One object per thread for each thing that several threads share, however often it arrives here.
 *
 * A lock that was sent to a worker twice, or that comes back to where it was made, is one lock, and what it keeps on this
 * side (who waits here, how often it was entered) must be kept once.
 *
 * @example
 * ```ts
 * const arrivals = new Arrivals<Lock>();
 * const id = arrivals.idOf(lock); // goes along
 * arrivals.arrive(id, () => new Lock(...)) === lock; // in the same thread; elsewhere one that is made once
 * ```
 */
export class Arrivals<T extends object> {
  readonly #ids = new WeakMap<T, string>();
  readonly #here = new Map<string, WeakRef<T>>();
  #cleaner: FinalizationRegistry<string> | undefined;

  /** The name under which all threads know the object; made now if it has none. */
  idOf(object: T): string {
    return this.#ids.get(object) ?? this.#remember(randomUUID(), object);
  }

  /**
   * The object of that name.
   *
   * @param id - from {@link idOf} in some thread
   * @param make - makes it, if it is not here
   */
  arrive(id: string, make: () => T): T {
    const here = this.#here.get(id)?.deref();
    if (here !== undefined) return here;
    const made = make();
    this.#remember(id, made);
    return made;
  }

  #remember(id: string, object: T): string {
    this.#ids.set(object, id);
    this.#here.set(id, new WeakRef(object));
    this.#cleaner ??= new FinalizationRegistry((gone) => {
      if (this.#here.get(gone)?.deref() === undefined) this.#here.delete(gone);
    });
    this.#cleaner.register(object, id);
    return id;
  }
}
