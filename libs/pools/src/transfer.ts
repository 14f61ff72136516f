/** On `globalThis` for the same reason as the current task: a task may load a second copy of this lib. */
const KEY = Symbol.for('@interleave/pools.transfer');

function lists(): WeakMap<object, readonly object[]> {
  const holder = globalThis as { [KEY]?: WeakMap<object, readonly object[]> };
  return (holder[KEY] ??= new WeakMap());
}

/**
 * Marks what a task returns so that parts of it move to the caller instead of being copied. The counterpart of the
 * `transfer` option of `submitWith`, for the way back.
 *
 * From a thread the listed objects (ArrayBuffers, MessagePorts, streams) change their owner, and the worker has them no
 * longer; a mebibyte then takes as long as a byte. From a process the bytes are copied as ever, and in a coroutine
 * nothing needs to move.
 *
 * @param value - what the task returns
 * @param list - the objects in it that move: of a typed array its `buffer`
 * @returns the value itself
 * @throws {TypeError} if `value` is no object, or `list` is no array. A list with something in it that cannot move makes
 *   the task fail with a `SerializationError`
 *
 * @example
 * ```ts
 * const draw = (size: number) => {
 *   const pixels = new Uint8Array(size);
 *   return transfer(pixels, [pixels.buffer]);
 * };
 * const pixels = await pool.submit(draw, 1 << 20).result();
 * ```
 */
export function transfer<T extends object>(value: T, list: readonly object[]): T {
  const type = value === null ? 'null' : typeof value;
  if (type !== 'object') throw new TypeError(`Cannot transfer ${type}: pass the object that the task returns`);
  if (!Array.isArray(list)) throw new TypeError(`Cannot transfer with ${typeof list} as list: pass an array`);
  lists().set(value, list);
  return value;
}

/**
 * What the value's task wants to be moved. Asked once: the mark is gone then.
 *
 * @internal
 */
export function takeTransfer(value: unknown): readonly object[] | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const marks = lists();
  const list = marks.get(value);
  if (list !== undefined) marks.delete(value);
  return list;
}
