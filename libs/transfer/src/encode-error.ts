import { SerializationError } from '@interleave/core';
import { GraphWriter } from './capture/graph-writer.js';
import { isError } from './capture/error-writer.js';
import { describe } from './capture/refusal.js';
import type { Ground } from './ground.js';

/**
 * Makes whatever was thrown ready to be sent. Never throws.
 *
 * An error keeps its class if that is a built-in one, one of Interleave's, a registered one, or one that came from the
 * receiver; otherwise it becomes an `Error` with the same `name`. Message, stack, `code`, own fields, the chain of causes
 * and the members of an AggregateError go along; a field that cannot travel is left out, and nothing else. Other values are
 * sent as they are; one that cannot be (a function, a symbol, a socket) is replaced by a `SerializationError` that
 * describes it.
 *
 * @param error - what was thrown
 * @param ground - where it goes
 * @returns what to send; give it to `decodeError` on the other side
 */
export function encodeError(error: unknown, ground: Ground): unknown {
  if (typeof error === 'function' || typeof error === 'symbol') return write(substitute(error), ground);
  try {
    return write(error, ground);
  } catch {
    // An error that is itself a trap (a getter that throws, a Proxy) still says what it is.
    return write(isError(error) ? plainCopy(error) : substitute(error), ground);
  }
}

function write(error: unknown, ground: Ground): unknown {
  const options = {
    ground,
    subject: 'the error of a task',
    name: 'error',
    exact: false,
    reply: true,
    refuseFunctions: true,
  };
  return new GraphWriter(options).write(error);
}

function substitute(thrown: unknown): SerializationError {
  let what: string;
  try {
    what = describe(thrown);
  } catch {
    what = 'something';
  }
  return new SerializationError(`The task threw ${what}, which cannot travel; throw an Error instead`, {
    path: 'error',
  });
}

function plainCopy(error: Error): Error {
  const read = (key: 'name' | 'message' | 'stack'): string => {
    try {
      return String(error[key]);
    } catch {
      return '';
    }
  };
  const copy = new Error(read('message'));
  copy.name = read('name') || 'Error';
  copy.stack = read('stack');
  return copy;
}
