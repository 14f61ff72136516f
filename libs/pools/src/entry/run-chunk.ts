import { types } from 'node:util';
import { ChunkResults, type Encode } from './chunk-results.js';

type Call = (...args: unknown[]) => unknown;

/**
 * Runs the calls of a chunk one after another; one that fails does not keep the others from running.
 *
 * @param list - the only argument of each call, or its list of arguments
 * @param items - which of the two
 * @returns what came of them; a promise of that if a call has to wait
 */
export function runChunk(
  call: Call,
  list: ArrayLike<unknown>,
  items: boolean,
  encode: Encode,
): ChunkResults | Promise<ChunkResults> {
  const results = new ChunkResults(list.length, encode);
  const invoke = (at: number): unknown => (items ? call(list[at]) : call(...(list[at] as unknown[])));
  for (let at = 0; at < list.length; at++) {
    let value: unknown;
    try {
      value = invoke(at);
    } catch (error) {
      results.threw(error);
      continue;
    }
    if (types.isPromise(value)) return goOn(value, at, list.length, invoke, results);
    results.returned(value);
  }
  return results;
}

/** The rest of a chunk, from the first call that has to wait. */
async function goOn(
  first: Promise<unknown>,
  from: number,
  calls: number,
  invoke: (at: number) => unknown,
  results: ChunkResults,
): Promise<ChunkResults> {
  for (let at = from; at < calls; at++) {
    let value: unknown;
    try {
      const returned = at === from ? first : invoke(at);
      value = types.isPromise(returned) ? await returned : returned;
    } catch (error) {
      results.threw(error);
      continue;
    }
    results.returned(value);
  }
  return results;
}
