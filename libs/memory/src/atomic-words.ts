import process from 'node:process';

/** What words of every ground have in common that lie in the memory of this process: `Atomics` on a typed array. */
export abstract class AtomicWords {
  readonly length: number;
  protected readonly row: Int32Array;

  constructor(row: Int32Array) {
    this.length = row.length;
    this.row = row;
  }

  load(index: number): number {
    return Atomics.load(this.row, index);
  }

  peek(index: number): number {
    // Atomics says what is wrong with the index.
    return this.row[index] ?? this.load(index);
  }

  store(index: number, value: number): void {
    Atomics.store(this.row, index, value);
  }

  add(index: number, amount: number): number {
    return Atomics.add(this.row, index, amount);
  }

  exchange(index: number, value: number): number {
    return Atomics.exchange(this.row, index, value);
  }

  compareExchange(index: number, expected: number, value: number): number {
    return Atomics.compareExchange(this.row, index, expected, value);
  }

  now(): number {
    return monotonicNow();
  }
}

/** Milliseconds of a clock that all processes of the machine read alike. */
export function monotonicNow(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
}

/** @throws {RangeError} for a length that is not a whole number from 1 to 2^28 */
export function checkLength(length: number): void {
  if (!Number.isInteger(length) || length < 1 || length > 2 ** 28) {
    throw new RangeError(`Cannot make ${length} words: pass a whole number from 1 to 2^28`);
  }
}
