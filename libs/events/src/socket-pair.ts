import { callError } from './call-error.js';
import { RawSocket, SOCKET_FLAGS } from './raw-socket.js';
import { systemCalls } from './system-calls.js';

const [LOCAL, STREAM] = [1, 1];

/**
 * Two sockets that are connected with each other: what one sends, the other receives.
 *
 * @param options - `blocking` as for a {@link RawSocket}
 * @throws {NotSupportedError} on other systems than Linux, and without koffi
 * @throws {InterleaveError} code `EMFILE`, if this process has as many descriptors open as it may
 *
 * @example
 * ```ts
 * const [left, right] = socketPair();
 * left.send('hello');
 * right.recv().toString(); // 'hello'
 * ```
 */
export function socketPair(options: { readonly blocking?: boolean } = {}): [RawSocket, RawSocket] {
  const ends = new Int32Array(2);
  const result = systemCalls('make a pair of sockets').socketpair(LOCAL, STREAM | SOCKET_FLAGS, 0, ends);
  if (result < 0) throw callError('make a pair of sockets', -result);
  const [left, right] = ends as unknown as [number, number];
  return [new RawSocket({ ...options, fd: left }), new RawSocket({ ...options, fd: right })];
}
