import { expect, test } from 'vitest';
import { FrameReader, toFrame } from './frames.js';

const messages: readonly unknown[] = [
  [],
  [0, 1, 2, 'text', true, null],
  [undefined],
  [1, undefined, 'two', undefined],
  [-0, NaN, Infinity, 10n],
  ['line\nfeed', 'naïve', '漢字', '\u{1f600}', '\ud800', '\0'],
  ['["looks", [like, it]]'],
  [[1, 2], [0]],
  [[undefined], undefined],
  [{ list: [1], holes: [0] }],
  [JSON.parse('{"__proto__":1}'), undefined],
  { type: 'define', definition: new Map([['a', new Set([1])]]) },
  [0, 3, new Date(5), /x/g],
  Float64Array.of(1, -0, NaN),
  new Uint8Array(5_000).fill(7),
  'x'.repeat(5_000),
  ['y'.repeat(5_000)],
  undefined,
  5,
];

/** All messages, written one after another and read in pieces of the given length. */
function throughPieces(length: number): unknown[] {
  const received: unknown[] = [];
  const reader = new FrameReader((message) => received.push(message));
  const bytes = Buffer.concat(messages.map((message) => Buffer.from(toFrame(message))));
  // One buffer for all pieces, as a socket has.
  const room = Buffer.alloc(length);
  for (let at = 0; at < bytes.length; at += length) {
    const size = bytes.copy(room, 0, at);
    reader.push(room.subarray(0, size));
    room.fill(0xff);
  }
  return received;
}

test.each([1, 2, 3, 7, 4_096, 1_000_000])('messages arrive as they are, in pieces of %i', (length) => {
  expect(throughPieces(length)).toStrictEqual(messages);
});

test('a view has memory of its own, and no other', () => {
  const memory = new ArrayBuffer(64);
  new Uint8Array(memory).fill(7);
  const views = [
    new Uint8Array(memory),
    new Uint8Array(memory, 3, 5),
    new Float64Array(memory, 8, 2),
    new DataView(memory, 1, 7),
    new BigInt64Array(0),
    Float32Array.of(1, 2),
  ];
  const received: unknown[] = [];
  new FrameReader((message) => received.push(message)).push(Buffer.from(toFrame(views)));
  expect(received).toStrictEqual([views]);
  for (const view of received[0] as ArrayBufferView[]) expect(view.buffer.byteLength).toBe(view.byteLength);
});

test('lists that JSON gives back as they are go as text, everything else as bytes', () => {
  expect(toFrame([1, 'a', null])).toBe('[1,"a",null]\n');
  expect(toFrame([1, 'a', undefined])).toBe('{"list":[1,"a",null],"holes":[2]}\n');
  expect(toFrame([[], { a: [{}] }])).toBe('[[],{"a":[{}]}]\n');
  const twice = {};
  const named = Object.assign([1], { more: 2 });
  const long = 'x'.repeat(20_000);
  const others = [
    -0,
    NaN,
    Infinity,
    1n,
    new Date(0),
    new Map(),
    [undefined],
    { a: undefined },
    [twice, twice],
    named,
    long,
  ];
  for (const other of [...others, Array.from({ length: 2_000 }, () => ({})), Object.create(null)]) {
    expect(toFrame([other])).toBeInstanceOf(Buffer);
  }
});

test('objects that are one stay one, within a message', () => {
  const shared = { a: 1 };
  const received: unknown[] = [];
  const reader = new FrameReader((message) => received.push(message));
  reader.push(toFrame([shared, shared]) as Buffer);
  const [[first, second]] = received as [[object, object]];
  expect(first).toBe(second);
});

test('what cannot be cloned is refused', () => {
  for (const bad of [() => {}, { inside: () => {} }, new Proxy({}, {})]) {
    expect(() => toFrame([bad])).toThrow(/could not be cloned/);
  }
});

test('bytes are not looked at one by one', () => {
  const bytes = new Uint8Array(1 << 27);
  expect((toFrame([bytes]) as Buffer).length).toBeGreaterThan(bytes.length);
});

test('a getter may send something itself', () => {
  const message = [{ b: 1, get a() { return toFrame([{}]); } }]; // prettier-ignore
  expect(toFrame(message)).toBe('[{"b":1,"a":"[{}]\\n"}]\n');
});

test('a receiver that throws keeps no message back', async () => {
  const received: unknown[] = [];
  const reader = new FrameReader((message) => {
    received.push(message);
    if (received.length === 1) throw new Error('mine');
  });
  const listeners = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  const uncaught = new Promise((resolve) => process.once('uncaughtException', resolve));
  reader.push(Buffer.from(`${toFrame([1]) as string}${toFrame([2]) as string}`));
  const error = await uncaught;
  for (const listener of listeners) process.on('uncaughtException', listener);
  expect(received).toEqual([[1], [2]]);
  expect(error).toHaveProperty('message', 'mine');
});
