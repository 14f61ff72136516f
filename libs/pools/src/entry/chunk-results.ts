import { isPrimitive } from '../is-primitive.js';
import { RETURNED, RETURNED_CHUNK, RETURNED_LIST, THREW } from '../protocol.js';

/** Puts one outcome into the form in which it is sent: its status and its value. */
export type Encode = (status: number, value: unknown) => readonly [status: number, value: unknown];

/**
 * Collects what the calls of a chunk return, in the cheapest form that holds it:
 *
 *     all numbers ── a value that is none ──> all primitives ── an object or an error ──> each with its status
 */
export class ChunkResults {
  readonly #encode: Encode;
  #numbers: Float64Array | undefined;
  #values: unknown[] = [];
  #flat: unknown[] | undefined;
  /** How many calls have ended. */
  #size = 0;

  /** @param calls - how many there will be */
  constructor(calls: number, encode: Encode) {
    this.#numbers = new Float64Array(calls);
    this.#encode = encode;
  }

  /** A call returned. */
  returned(value: unknown): void {
    if (this.#numbers !== undefined) {
      if (typeof value === 'number') {
        this.#numbers[this.#size++] = value;
        return;
      }
      this.#values = Array.from(this.#numbers.subarray(0, this.#size));
      this.#numbers = undefined;
    }
    this.#size += 1;
    if (this.#flat === undefined && isPrimitive(value)) this.#values.push(value);
    else this.#push(RETURNED, value);
  }

  /** A call threw. */
  threw(error: unknown): void {
    if (this.#numbers !== undefined) this.#values = Array.from(this.#numbers.subarray(0, this.#size));
    this.#numbers = undefined;
    this.#size += 1;
    this.#push(THREW, error);
  }

  /** All of it, as it is sent. */
  get outcome(): readonly [status: number, value: unknown] {
    if (this.#flat !== undefined) return [RETURNED_CHUNK, this.#flat];
    return [RETURNED_LIST, this.#numbers ?? this.#values];
  }

  #push(status: number, value: unknown): void {
    this.#flat ??= this.#values.flatMap((each) => [RETURNED, each]);
    this.#flat.push(...this.#encode(status, value));
  }
}
