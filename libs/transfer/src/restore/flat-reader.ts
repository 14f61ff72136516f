import { MOST_KEYS, countBits, shapeFrom, type FlatShape } from '../flat-shape.js';
import { malformed } from './malformed.js';

/**
 * Reads what `writeFlat` has written.
 *
 * @internal
 * @throws {SerializationError} if it is malformed
 */
export function readFlat(list: readonly unknown[], subject: string): object {
  return new FlatReader(list, subject).read();
}

class FlatReader {
  readonly #list: readonly unknown[];
  readonly #subject: string;
  readonly #shapes: FlatShape[] = [];
  #at = 1;

  constructor(list: readonly unknown[], subject: string) {
    this.#list = list;
    this.#subject = subject;
  }

  read(): object {
    const value = this.#value();
    if (this.#at !== this.#list.length) throw malformed(this.#subject);
    return value;
  }

  #value(): object {
    const sign = this.#list[this.#at];
    this.#at += 1;
    if (typeof sign === 'string') return this.#object(this.#named(sign));
    if (typeof sign !== 'number') throw malformed(this.#subject);
    return sign < 0 ? this.#array(-1 - sign) : this.#object(this.#shapes[sign]);
  }

  #object(shape: FlatShape | undefined): object {
    if (shape === undefined) throw malformed(this.#subject);
    const { keys, objects } = shape;
    const list = this.#list;
    let next = this.#skip(shape.primitives);
    const object: Record<string, unknown> = {};
    for (let at = 0; at < keys.length; at += 1) {
      object[keys[at] as string] = (objects & (1 << at)) === 0 ? list[next++] : this.#value();
    }
    return object;
  }

  #array(sign: number): unknown[] {
    const kind = sign % 3;
    const length = (sign - kind) / 3;
    if (kind === 0) {
      const start = this.#skip(length);
      return this.#list.slice(start, this.#at);
    }
    const array: unknown[] = [];
    if (kind === 1) {
      while (array.length < length) array.push(this.#value());
      return array;
    }
    const bits = this.#list[this.#skip(1)];
    if (typeof bits !== 'number' || !(length <= MOST_KEYS)) throw malformed(this.#subject);
    let next = this.#skip(length - countBits(bits));
    for (let at = 0; at < length; at += 1) array.push((bits & (1 << at)) === 0 ? this.#list[next++] : this.#value());
    return array;
  }

  /** Goes on behind so many primitives. @returns where they begin */
  #skip(count: number): number {
    const start = this.#at;
    this.#at += count;
    if (!(count >= 0 && this.#at <= this.#list.length)) throw malformed(this.#subject);
    return start;
  }

  #named(text: string): FlatShape | undefined {
    const shape = shapeFrom(text);
    if (shape !== undefined) this.#shapes.push(shape);
    return shape;
  }
}
