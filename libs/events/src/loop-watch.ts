/**
 * Lets Node's own event loop wait for an epoll set, so that nothing blocks and no thread is needed.
 *
 *     pipe ──fd──> net.Socket ──> the loop watches the number fd
 *                        └── dup3: fd is the epoll set from now on
 *
 * Node has no call to watch a descriptor, and takes pipes, sockets and terminals only. So it gets a pipe, and before the loop
 * looks at it for the first time, the number stands for the epoll set. The set becomes readable when one in it is ready; the
 * loop then reads, which epoll answers with EINVAL, and the socket ends with that error: the news has arrived.
 *
 * Rejected: a blocking wait in koffi's own threads, of which there are four for all of `fs`; and a worker that waits, which
 * could not be ended while it does.
 */
import { Socket } from 'node:net';
import { callError } from './call-error.js';
import type { EpollSet } from './epoll-set.js';
import type { SystemCalls } from './system-calls.js';

const CLOSE_ON_EXEC = 0o2000000;

/**
 * Calls `wake` once, when something in the set is ready. Keeps the process alive until then.
 *
 * @returns ends the watch; after `wake`, it does nothing
 */
export function watchInLoop(calls: SystemCalls, set: EpollSet, wake: () => void): () => void {
  const ends = new Int32Array(2);
  const result = calls.pipe(ends, CLOSE_ON_EXEC);
  if (result < 0) throw callError('wait for an epoll set', -result);
  const [fd, other] = ends as unknown as [number, number];
  const socket = new Socket({ fd, readable: true, writable: false });
  const duplicated = calls.duplicate(set.fd, fd, CLOSE_ON_EXEC);
  calls.close(other);
  socket.once('close', wake);
  // EINVAL, as it must be.
  socket.on('error', () => {});
  if (duplicated < 0) {
    socket.off('close', wake).destroy();
    throw callError('wait for an epoll set', -duplicated);
  }
  return () => {
    socket.off('close', wake);
    socket.destroy();
  };
}
