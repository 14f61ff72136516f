import { openWords } from './open-words.js';
import type { WordsHandle } from './words.js';

// The protocol of `transfer`, by the symbols it registers: the two libs do not know each other.
const toTransfer: unique symbol = Symbol.for('interleave.toTransfer') as never;
const fromTransfer: unique symbol = Symbol.for('interleave.fromTransfer') as never;

/**
 * The class by which words of every ground travel with tasks; what arrives is the same memory. The classes of the grounds
 * have no name outside of this lib, so all say that they are this one.
 *
 * @internal
 */
export class SharedWords {
  static [fromTransfer](handle: WordsHandle): unknown {
    return openWords(handle);
  }
}

/**
 * Lets the instances of a class travel. Called by each ground for its own.
 *
 * @internal
 */
export function letTravel(type: { readonly prototype: { handle(): WordsHandle } }): void {
  const hidden = { configurable: true, writable: true };
  Object.defineProperties(type.prototype, {
    constructor: { value: SharedWords, ...hidden },
    [toTransfer]: {
      value(this: { handle(): WordsHandle }) {
        return this.handle();
      },
      ...hidden,
    },
  });
}
