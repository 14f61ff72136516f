import { NotSupportedError } from '@interleave/core';
import type { WaitResult, Words, WordsHandle } from '@interleave/memory';

/** The explored words between two executions, when nobody else has them: for `setup` and `invariant`. */
export class StillWords implements Words {
  readonly length: number;
  readonly #words: Int32Array;

  constructor(words: Int32Array) {
    this.#words = words;
    this.length = words.length;
  }

  load(index: number): number {
    const value = this.#words[index];
    if (value === undefined) throw new RangeError(`Cannot reach word ${index}: there are ${this.length}, from 0`);
    return value;
  }

  peek(index: number): number {
    return this.load(index);
  }

  store(index: number, value: number): void {
    this.exchange(index, value);
  }

  add(index: number, amount: number): number {
    return this.exchange(index, this.load(index) + amount);
  }

  exchange(index: number, value: number): number {
    const before = this.load(index);
    this.#words[index] = value;
    return before;
  }

  compareExchange(index: number, expected: number, value: number): number {
    return this.load(index) === (expected | 0) ? this.exchange(index, value) : this.load(index);
  }

  wait(index: number, expected: number): WaitResult {
    if (this.load(index) !== (expected | 0)) return 'not-equal';
    throw new NotSupportedError('Cannot wait in setup or invariant of explore(): no other thread runs');
  }

  waitAsync(index: number, expected: number): WaitResult {
    return this.wait(index, expected);
  }

  notify(): number {
    return 0;
  }

  now(): number {
    return 0;
  }

  self(): number {
    // No thread of the exploration has it.
    return 2 ** 31 - 1;
  }

  isAlive(): boolean {
    return false;
  }

  handle(): WordsHandle {
    throw new NotSupportedError('Cannot send explored words: each thread gets them as its first argument');
  }
}
