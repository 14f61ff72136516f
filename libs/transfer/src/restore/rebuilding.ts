import { SerializationError } from '@interleave/core';

/** Whatever goes wrong in `body` says what could not be rebuilt. @throws {SerializationError} */
export function rebuilding<T>(subject: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (error instanceof SerializationError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new SerializationError(`Cannot rebuild ${subject}: ${reason}`, { cause: error });
  }
}
