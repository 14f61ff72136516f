import { types } from 'node:util';
import { SerializationError } from '@interleave/core';
import { decodeValue } from '@interleave/transfer';

/**
 * Rebuilds a list of arguments.
 *
 * @param name - the task's, for messages
 * @returns the list; a promise of it if a module has to be loaded first
 * @throws {SerializationError} if it cannot be rebuilt
 */
export function decodeArguments(args: unknown, name: string): unknown[] | Promise<unknown[]> {
  const fail = (cause: unknown): never => {
    if (cause instanceof SerializationError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new SerializationError(`Cannot rebuild the arguments of task "${name}": ${why}`, { path: name, cause });
  };
  try {
    const list = decodeValue(args) as unknown[] | Promise<unknown[]>;
    return types.isPromise(list) ? list.catch(fail) : list;
  } catch (cause) {
    return fail(cause);
  }
}
