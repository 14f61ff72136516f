import { getSystemErrorMap } from 'node:util';
import { AddressInUseError, BrokenPipeError, ClosedError, InterleaveError } from '@interleave/core';

/** What to do about the errors that belong to the trade. */
const ADVICE: Readonly<Record<string, string>> = {
  EAGAIN: 'it would have to wait; try again when a selector says that it is ready',
  EINPROGRESS: 'it is under way; call finishConnect() when a selector says that it is ready for writing',
  EBADF: 'it is not open any more; unregister what you close',
  EMFILE: 'this process has as many descriptors open as it may; close some, or raise `ulimit -n`',
  EPERM: 'epoll does not watch what is always ready, such as a file',
};

const CLASSES: Readonly<Record<string, typeof InterleaveError>> = {
  EBADF: ClosedError,
  EPIPE: BrokenPipeError,
  ECONNRESET: BrokenPipeError,
  EADDRINUSE: AddressInUseError,
};

const UNKNOWN_TO_NODE: Readonly<Record<number, readonly [code: string, text: string]>> = {
  115: ['EINPROGRESS', 'operation now in progress'],
};

/** Asked once: Node makes a new map each time, and `EAGAIN` is an everyday answer. */
let names: ReturnType<typeof getSystemErrorMap> | undefined;

/**
 * The error of a system call, with the system's own name for it as its `code`: `EAGAIN`, `ECONNREFUSED`.
 *
 * @param what - what could not be done, for the message: `receive from socket 7`
 * @param errno - the error number, from 1
 */
export function callError(what: string, errno: number): InterleaveError {
  names ??= getSystemErrorMap();
  const [code, text] = names.get(-errno) ?? UNKNOWN_TO_NODE[errno] ?? [`E${errno}`, 'unknown error'];
  return new (CLASSES[code] ?? InterleaveError)(`Cannot ${what}: ${ADVICE[code] ?? text} (${code})`, { code });
}
