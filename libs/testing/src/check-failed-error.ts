import { InterleaveError } from '@interleave/core';

/** Options of {@link CheckFailedError}. */
export interface CheckFailedErrorOptions {
  /** What there was. */
  readonly actual: unknown;
  /** What should have been: a value, or the predicate it had to satisfy. */
  readonly expected: unknown;
}

/**
 * A sentence turned out not to be true. The message has the sentence on its first line; the two values are in the
 * fields as they are, where test runners look for them.
 */
export class CheckFailedError extends InterleaveError {
  /** What should have been true. */
  readonly sentence: string;
  /** What there was. */
  readonly actual: unknown;
  /** What should have been: a value, or the predicate it had to satisfy. */
  readonly expected: unknown;

  /**
   * @param sentence - what should have been true
   * @param details - the lines of the message after the sentence
   * @param options - the values
   */
  constructor(sentence: string, details: string, options: CheckFailedErrorOptions) {
    super(`Check failed: ${sentence}\n${details}`, { code: 'ERR_CHECK_FAILED' });
    this.sentence = sentence;
    this.actual = options.actual;
    this.expected = options.expected;
    // The message says it all; printed again as fields it would hide the stack.
    for (const field of ['sentence', 'actual', 'expected']) Object.defineProperty(this, field, { enumerable: false });
  }
  static {
    // On the prototype as with the built-in errors, so that it survives a bundler that shortens class names.
    Object.defineProperty(this.prototype, 'name', { value: 'CheckFailedError', configurable: true, writable: true });
  }
}
