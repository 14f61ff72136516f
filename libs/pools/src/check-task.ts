import { isTask } from '@interleave/transfer';

/**
 * Checks that something can be submitted.
 *
 * @internal
 * @param what - what it is wanted for, for the message
 * @throws {TypeError} if it is neither a function nor a `Task`
 */
export function checkTask(task: unknown, what: string): asserts task is { readonly name: string } {
  if (typeof task === 'function' || isTask(task)) return;
  const seen = task === null ? 'null' : task === undefined ? 'undefined' : `a ${typeof task}`;
  throw new TypeError(`Cannot ${what} ${seen}: pass a function or a Task`);
}
