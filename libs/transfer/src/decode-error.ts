import { isError } from './capture/error-writer.js';
import { RemoteTraceback } from './remote-traceback.js';
import { checkGraph } from './restore/graph-check.js';
import { withoutStack } from './without-stack.js';
import { readGraphNow } from './restore/read-graph.js';

/**
 * Rebuilds what `encodeError` made ready. Never throws: what cannot be rebuilt is returned as the error that says so.
 *
 * The error's `stack` is the stack of the other side. The end of its chain of causes is a `RemoteTraceback` with the
 * same text, so that it is there also when somebody sets the stack anew.
 *
 * @param encoded - as it arrived
 * @returns what was thrown over there: an error, or any other value
 */
export function decodeError(encoded: unknown): unknown {
  let error: unknown;
  try {
    error = readGraphNow(checkGraph(encoded, 'the error of a task'), 'the error of a task');
  } catch (failure) {
    return failure;
  }
  if (isError(error)) appendTraceback(error);
  return error;
}

function appendTraceback(error: Error): void {
  const { stack } = error;
  if (stack === undefined || stack === '') return;
  const seen = new Set<Error>([error]);
  let last = error;
  while (isError(last.cause)) {
    if (seen.has(last.cause)) return;
    seen.add(last.cause);
    last = last.cause;
  }
  // It has come through several workers, or its chain ends in a value that is not an error.
  if (last instanceof RemoteTraceback || last.cause !== undefined) return;
  try {
    Object.defineProperty(last, 'cause', {
      value: withoutStack(() => new RemoteTraceback(stack)),
      writable: true,
      configurable: true,
      enumerable: false,
    });
  } catch {
    return; // a registered class may give back something frozen
  }
}
