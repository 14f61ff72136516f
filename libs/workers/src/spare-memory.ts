/** The smallest room, in bytes. */
const LEAST = 1 << 16;
/** The largest room that is kept, in bytes. */
const MOST = 1 << 22;
/** How much is kept in all, in bytes. */
const KEPT = 1 << 22;

/**
 * Rooms that are not in use, the last one first: the processor may still have it at hand. Memory that the system has just
 * given costs four times the copy that is made into it, because each page is handed out at its first write. Weak, so that an
 * idle program has it back when V8 looks for garbage the next time.
 */
let spare = new WeakRef<Buffer[]>([]);

/**
 * A copy of some bytes, in memory that {@link giveBack} takes for the next one.
 *
 * @internal
 */
export function borrowCopy(bytes: Uint8Array): Buffer {
  const size = Math.max(LEAST, 2 ** Math.ceil(Math.log2(bytes.length)));
  const rooms = spare.deref() ?? [];
  const at = rooms.findIndex((each) => each.length === size);
  const [room = Buffer.allocUnsafeSlow(size > MOST ? bytes.length : size)] = at < 0 ? [] : rooms.splice(at, 1);
  room.set(bytes);
  return room.subarray(0, bytes.length);
}

/**
 * Nobody reads the copy any more.
 *
 * @internal
 */
export function giveBack(copy: Buffer): void {
  const room = Buffer.from(copy.buffer);
  let rooms = spare.deref();
  if (rooms === undefined) spare = new WeakRef((rooms = []));
  const kept = rooms.reduce((sum, each) => sum + each.length, 0);
  if (room.length <= MOST && kept + room.length <= KEPT) rooms.unshift(room);
}
