import { readFlat } from './restore/flat-reader.js';
import { checkGraph } from './restore/graph-check.js';
import { malformed } from './restore/malformed.js';
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
  if (!Array.isArray(encoded)) throw malformed(subject);
  const [kind, data] = encoded as unknown[];
  if (kind === 2) return readFlat(encoded, subject);
  if (encoded.length !== 2) throw malformed(subject);
  if (kind === 0) return data;
  if (kind === 1) return readGraph(checkGraph(data, subject), subject);
  throw malformed(subject);
}
