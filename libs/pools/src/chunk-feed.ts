import { SerializationError } from '@interleave/core';
import { outcomeOf, type Future } from './future.js';
import type { NextSize } from './chunk-sizes.js';
import type { ChunkResult, Shape } from './ground.js';

/** Submits one call or one chunk. */
export type Submit = (args: readonly unknown[], shape: Shape) => Future<unknown>;

/** A submitted chunk; with `size` 0 a single call, whose future holds the value itself. */
export interface Ahead {
  readonly future: Future<unknown>;
  readonly size: number;
}

/**
 * Submits the items of an iterable in chunks.
 *
 * @internal
 */
export class ChunkFeed {
  readonly #submit: Submit;
  readonly #shape: 'calls' | 'items';
  readonly #nextSize: NextSize;
  #source: Iterator<unknown> | undefined;
  /** What the source threw, until it has been passed on. */
  #failure: { readonly error: unknown } | undefined;

  /**
   * @param source - the only argument of each call, or its list of arguments
   * @param shape - which of the two
   */
  constructor(submit: Submit, source: Iterator<unknown>, shape: 'calls' | 'items', nextSize: NextSize) {
    this.#submit = submit;
    this.#source = source;
    this.#shape = shape;
    this.#nextSize = nextSize;
  }

  /** Whether there is no more to submit. */
  get over(): boolean {
    return this.#source === undefined && this.#failure === undefined;
  }

  /**
   * Submits the next chunk.
   *
   * @returns what was submitted; nothing at the end
   * @throws what the submit throws, and what the source throws after its last item; there is no more then
   */
  next(): Ahead[] {
    const size = this.#nextSize();
    const list = this.#pull(size);
    if (list.length === 0) {
      const failure = this.#failure;
      this.#failure = undefined;
      if (failure !== undefined) throw failure.error;
      return [];
    }
    try {
      return submitChunk(this.#submit, list, this.#shape, size === 1);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** No more. */
  close(): void {
    const source = this.#source;
    this.#source = undefined;
    this.#failure = undefined;
    source?.return?.();
  }

  #pull(size: number): unknown[] {
    const list: unknown[] = [];
    while (this.#source !== undefined && list.length < size) {
      try {
        const step = this.#source.next();
        if (step.done === true) this.#source = undefined;
        else list.push(step.value);
      } catch (error) {
        // What came before it is submitted first. A source that threw has closed itself.
        this.#source = undefined;
        this.#failure = { error };
      }
    }
    return list;
  }
}

/**
 * Submits the items of one chunk.
 *
 * If one of them cannot travel, they go one by one, so that this one fails alone.
 *
 * @internal
 * @param apart - whether they go one by one anyway
 */
export function submitChunk(
  submit: Submit,
  list: readonly unknown[],
  shape: 'calls' | 'items',
  apart: boolean,
): Ahead[] {
  if (!apart) {
    const future = submit(list, shape);
    const refused = future.done() && outcomeOf(future)[1] instanceof SerializationError;
    if (!refused) return [{ future, size: list.length }];
  }
  return list.map((item) => {
    const args = shape === 'items' ? [item] : (item as readonly unknown[]);
    return { future: submit(args, 'call'), size: 0 };
  });
}

/** What came of it, call by call. A chunk that was lost as a whole has failed for each of its calls. */
export function chunkResult({ future, size }: Ahead): ChunkResult {
  const [ok, value] = outcomeOf(future);
  if (size > 0 && ok) return value as ChunkResult;
  const calls = Math.max(1, size);
  return { values: new Array(calls).fill(value), failed: ok ? undefined : new Set(new Array(calls).keys()) };
}
