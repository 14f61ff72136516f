import { expect, test } from 'vitest';
import { copyLarge, decodeValue, encodeValue } from './index.js';

const SIZE = 300_000;

/** What comes of a value at the other side, and whether it went as a copy that moved. */
function sent(value: unknown, transfer?: readonly object[]): { readonly back: unknown; readonly moved: boolean } {
  const encoded = encodeValue(value, transfer === undefined ? { ground: 'thread' } : { ground: 'thread', transfer });
  const large = copyLarge(encoded);
  const message = large?.encoded ?? encoded;
  const options = large === undefined ? {} : { transfer: [large.memory] };
  return { back: decodeValue(structuredClone(message, options)), moved: large !== undefined };
}

function filled(): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: SIZE }, (_, at) => at * 7);
}

function hexOf(value: ArrayBuffer | ArrayBufferView): string {
  return (value instanceof ArrayBuffer ? Buffer.from(value) : Buffer.from(value.buffer)).toString('hex');
}

test.each([Uint8Array, Int8Array, Uint8ClampedArray, Float64Array, BigInt64Array, DataView])(
  'a large view goes as a copy that moves, with its place in its memory (%o)',
  (View) => {
    const bytes = filled();
    const length = View === DataView ? 800 : 100;
    const view = new (View as Uint8ArrayConstructor)(bytes.buffer, 16, length);
    for (const value of [view, [view], ['first', view, undefined, 2]]) {
      const { back, moved } = sent(value);
      expect(moved).toBe(true);
      const found = (Array.isArray(value) ? (back as unknown[])[value.indexOf(view)] : back) as Uint8Array<ArrayBuffer>;
      expect(found.constructor).toBe(View);
      expect([found.byteOffset, found.byteLength, found.buffer.byteLength]).toEqual([16, view.byteLength, SIZE]);
      expect(hexOf(found)).toBe(hexOf(bytes));
      if (Array.isArray(value))
        expect({ ...(back as unknown[]), [value.indexOf(view)]: 0 }).toEqual({ ...value, [value.indexOf(view)]: 0 });
    }
    expect(bytes).toHaveLength(SIZE);
  },
);

test('so does an ArrayBuffer', () => {
  const { buffer } = filled();
  const { back, moved } = sent([1, buffer]);
  expect(moved).toBe(true);
  expect(hexOf((back as [number, ArrayBuffer])[1])).toBe(hexOf(buffer));
  expect(buffer.byteLength).toBe(SIZE);
});

test('what may share memory with something else stays as it is', () => {
  const view = filled();
  const pair = [view, new Uint8Array(view.buffer, 8)];
  const { back, moved } = sent(pair);
  expect(moved).toBe(false);
  const [first, second] = back as [Uint8Array, Uint8Array];
  expect(first.buffer).toBe(second.buffer);
  expect(sent([view, view]).moved).toBe(false);
  expect(sent([view, { view }]).moved).toBe(false);
  expect(sent({ view }).moved).toBe(false);
});

test('so does what is small, shared, growing or no memory at all', () => {
  for (const value of [
    new Uint8Array(1_000),
    new Map(),
    'text',
    undefined,
    [],
    [[1]],
    new Uint8Array(new SharedArrayBuffer(SIZE)),
  ]) {
    expect(copyLarge(encodeValue(value, { ground: 'thread' }))).toBeUndefined();
  }
  const growing = Reflect.construct(ArrayBuffer, [SIZE, { maxByteLength: 2 * SIZE }]);
  expect(copyLarge(encodeValue(growing, { ground: 'thread' }))).toBeUndefined();
});
