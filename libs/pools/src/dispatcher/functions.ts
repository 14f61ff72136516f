import type { TaskDefinition } from '@interleave/transfer';

/**
 * A function as the dispatcher knows it: its number in messages, and how long a call takes.
 *
 * @internal
 */
export class PoolFunction {
  readonly index: number;
  readonly definition: TaskDefinition;
  /** Milliseconds a call takes, a moving average; `Infinity` until the first one has come back. */
  cost: number = Infinity;

  constructor(index: number, definition: TaskDefinition) {
    this.index = index;
    this.definition = definition;
  }

  /** Takes in what `count` calls took together. */
  measured(count: number, milliseconds: number): void {
    const each = milliseconds / count;
    if (this.cost === Infinity) this.cost = each;
    else {
      // Slower at once, faster by and by: sending too little ahead costs a little, too much traps tasks.
      const weight = each > this.cost ? 0.7 : count > 8 ? 0.5 : 0.2;
      this.cost += (each - this.cost) * weight;
    }
  }
}

/** How many functions an executor remembers. A program that makes new closures all the time must not fill memory. */
const MOST = 1_024;

/**
 * The functions of an executor, by the content of their capture.
 *
 * @internal
 */
export class PoolFunctions {
  readonly #byId = new Map<string, PoolFunction>();
  #next = 0;

  /** The function of a definition, the same one for the same content. */
  get(definition: TaskDefinition): PoolFunction {
    const known = this.#byId.get(definition.id);
    if (known !== undefined) return known;
    const added = new PoolFunction(this.#next++, definition);
    this.#byId.set(definition.id, added);
    if (this.#byId.size > MOST) {
      for (const id of this.#byId.keys()) {
        this.#byId.delete(id);
        break;
      }
    }
    return added;
  }
}
