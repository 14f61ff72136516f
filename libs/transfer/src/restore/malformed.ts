import { SerializationError } from '@interleave/core';

/** What is thrown where something else arrives than what `encodeValue` makes. @internal */
export function malformed(subject: string): SerializationError {
  return new SerializationError(
    `Cannot rebuild ${subject}: it is not in the form of encodeValue; send what that returned`,
  );
}
