import { SerializationError } from '@interleave/core';
import { checkGraph } from './restore/graph-check.js';
import { readGraph } from './restore/read-graph.js';

/**
 * Rebuilds a value that `encodeValue` made ready on another side.
 *
 * @param encoded - as it arrived
 * @param subject - what error messages call it; default `value`
 * @returns the value; a Promise of it only if a module has to be imported for it
 * @throws {SerializationError} if it is malformed or cannot be rebuilt, thrown or as the Promise's rejection
 */
export function decodeValue(encoded: unknown, subject = 'value'): unknown {
  if (typeof encoded !== 'object' || encoded === null) return encoded;
  if (!Array.isArray(encoded) || encoded.length !== 2) throw malformed(subject);
  const [kind, data] = encoded as [unknown, unknown];
  if (kind === 0) return data;
  if (kind === 1) return readGraph(checkGraph(data, subject), subject);
  throw malformed(subject);
}

function malformed(subject: string): SerializationError {
  return new SerializationError(
    `Cannot rebuild ${subject}: it is not in the form of encodeValue; send what that returned`,
  );
}
