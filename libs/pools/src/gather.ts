import { chunkResult, type Ahead } from './chunk-feed.js';
import { Future, onDone } from './future.js';

/**
 * One future for the results of many chunks, in the order of the items.
 *
 * It is over when all chunks are, also if one of them fails early (as in Python): after it nothing of it runs. Its
 * error is then that of the first item that failed, by its place and not by the clock, so that it is the same each time.
 *
 * @internal
 */
export function gather<R>(name: string, chunks: readonly Ahead[]): Future<R[]> {
  const all = new Future<R[]>(name);
  all.setRunningOrNotifyCancel();
  let left = chunks.length;
  let failure: { readonly at: number; readonly error: unknown } | undefined;
  // Of full length from the start: one that grows by writing far behind its end becomes a slow dictionary.
  let results = new Array<R>(chunks.reduce((sum, chunk) => sum + calls(chunk), 0));
  const end = (): void => {
    if (failure === undefined) all.setResult(results);
    else all.setException(failure.error);
    results = [];
  };
  let next = 0;
  for (const chunk of chunks) {
    const from = next;
    next += calls(chunk);
    onDone(chunk.future, () => {
      const { values, failed } = chunkResult(chunk);
      // Copied at once: the chunk may be a view of a message, and its future is let go.
      for (let at = 0; at < values.length; at++) results[from + at] = values[at] as R;
      for (const at of failed ?? []) {
        if (failure === undefined || from + at < failure.at) failure = { at: from + at, error: values[at] };
      }
      left -= 1;
      if (left === 0) end();
    });
  }
  if (chunks.length === 0) end();
  return all;
}

function calls({ size }: Ahead): number {
  return Math.max(1, size);
}
