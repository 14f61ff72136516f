import process from 'node:process';
import { getHeapStatistics } from 'node:v8';
import type { WorkerKind } from '@interleave/workers';
import { instant } from './instant.js';

/** How often it is looked at most, in milliseconds; a look takes some 10 µs. */
const OFTEN = 20;

/**
 * Looks, when a worker has something to say anyhow, whether it has grown beyond its limit.
 *
 * @internal
 */
export class MemoryWatch {
  readonly #limit: number;
  readonly #used: () => number;
  readonly #grown: () => void;
  #looked = -Infinity;

  /**
   * @param limit - bytes: of a process all that is resident, of a thread its heap and its buffers
   * @param grown - called once
   */
  constructor(kind: WorkerKind, limit: number, grown: () => void) {
    this.#limit = limit;
    this.#used = kind === 'process' ? () => process.memoryUsage.rss() : heapAndBuffers;
    this.#grown = grown;
  }

  look(): void {
    const now = instant();
    if (now - this.#looked < OFTEN) return;
    this.#looked = now;
    if (this.#used() <= this.#limit) return;
    this.#looked = Infinity;
    this.#grown();
  }
}

function heapAndBuffers(): number {
  const { used_heap_size: heap, external_memory: buffers } = getHeapStatistics();
  return heap + buffers;
}
