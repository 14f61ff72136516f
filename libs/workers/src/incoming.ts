import type { Socket, SocketConstructorOpts } from 'node:net';

/** The room for what is read at once, in bytes. */
const ROOM = 1 << 16;
/** One for all pipes: what is read is taken before anything else is. */
let room: Buffer | undefined;

/** What a socket has below. Node documents it nowhere, and takes it from its own sockets in the same way. */
interface Handle {
  reading: boolean;
  readStop(): void;
}

/**
 * Reads a pipe into one buffer, without the stream between pipe and reader: a stream gets new memory for each piece, which
 * takes more than twice the time of reading what comes.
 *
 * @internal
 * @param from - a descriptor, or a socket that nobody reads; this one is destroyed, and what is returned takes its place
 * @param push - called for each piece, which is gone afterwards
 */
export function readIncoming(from: number | Socket, push: (piece: Buffer) => void): Socket {
  // Loaded here: a thread comes up sooner without it.
  const { Socket } = process.getBuiltinModule('node:net');
  const buffer = (room ??= Buffer.allocUnsafeSlow(ROOM));
  const callback = (bytes: number): true => {
    push(buffer.subarray(0, bytes));
    return true;
  };
  // `onread` is documented for new sockets, and missing in their type.
  const options = { readable: true, writable: false, onread: { buffer, callback } };
  if (typeof from === 'number') return new Socket({ ...options, fd: from });
  const handle = takeHandle(from);
  if (handle === undefined) return from.on('data', push);
  return new Socket({ ...options, handle } as SocketConstructorOpts);
}

/** Takes from a socket what it reads with. */
function takeHandle(socket: Socket): Handle | undefined {
  const holder = socket as unknown as { _handle?: Handle | null };
  const handle = holder._handle;
  if (typeof handle?.readStop !== 'function' || typeof handle.reading !== 'boolean') return undefined;
  handle.readStop();
  handle.reading = false;
  holder._handle = null;
  socket.destroy();
  return handle;
}
