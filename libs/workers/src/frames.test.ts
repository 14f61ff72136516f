import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { FrameReader, toFrame, writeFrame } from './frames.js';

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
  [large(Float64Array), 'between', new Map([[1, large(BigUint64Array)]])],
  large(DataView),
  ['y'.repeat(5_000)],
  undefined,
  5,
];

/** A view of 40,000 bytes in the middle of its memory, too large to go with its message. */
function large(View: unknown): ArrayBufferView {
  const memory = Uint8Array.from({ length: 50_000 }, (_, at) => at * 7 + 1).buffer;
  const { BYTES_PER_ELEMENT: size = 1 } = View as { BYTES_PER_ELEMENT?: number };
  return Reflect.construct(View as new () => ArrayBufferView, [memory, 1_600, 40_000 / size]);
}

/** What is written for a message. */
function bytesOf(message: unknown): Buffer {
  const frame = toFrame(message, false);
  return typeof frame === 'string' ? Buffer.from(frame) : Buffer.concat(frame);
}

function hexOf({ buffer, byteOffset, byteLength }: ArrayBufferView): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('hex');
}

/** All messages, written one after another and read in pieces of the given length. */
function throughPieces(length: number): unknown[] {
  const received: unknown[] = [];
  const reader = new FrameReader((message) => received.push(message));
  const bytes = Buffer.concat(messages.map(bytesOf));
  // One buffer for all pieces, as a socket has.
  const room = Buffer.alloc(length);
  for (let at = 0; at < bytes.length; at += length) {
    const size = bytes.copy(room, 0, at);
    reader.push(room.subarray(0, size));
    room.fill(0xff);
  }
  return received;
}

test.each([1, 2, 3, 7, 4_096, 65_536, 1_000_000])('messages arrive as they are, in pieces of %i', (length) => {
  expect(throughPieces(length)).toStrictEqual(messages);
});

test('a view has memory of its own, and no other', () => {
  const memory = new ArrayBuffer(64);
  new Uint8Array(memory).fill(7);
  const classes = [
    Int8Array,
    Uint8ClampedArray,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
    BigInt64Array,
    DataView,
  ];
  const views: ArrayBufferView[] = [
    new Uint8Array(memory),
    new Uint8Array(memory, 3, 5),
    new Float64Array(memory, 8, 2),
    new DataView(memory, 1, 7),
    new BigInt64Array(0),
    Float32Array.of(1, 2),
    ...classes.map((View) => large(View)),
    Buffer.alloc(40_000, 5),
  ];
  const received: unknown[] = [];
  new FrameReader((message) => received.push(message)).push(bytesOf(views));
  const found = received[0] as ArrayBufferView[];
  expect(found.map(({ constructor }) => constructor.name)).toEqual(views.map(({ constructor }) => constructor.name));
  expect(found.map(hexOf)).toEqual(views.map(hexOf));
  for (const view of found) expect(view.buffer.byteLength).toBe(view.byteLength);
});

test('lists that JSON gives back as they are go as text, everything else as bytes', () => {
  expect(toFrame([1, 'a', null], false)).toBe('[1,"a",null]\n');
  expect(toFrame([1, 'a', undefined], false)).toBe('{"list":[1,"a",null],"holes":[2]}\n');
  expect(toFrame([[], { a: [{}] }], false)).toBe('[[],{"a":[{}]}]\n');
  expect(toFrame({ a: [{}], list: [], holes: [0] }, false)).toBe('{"object":{"a":[{}],"list":[],"holes":[0]}}\n');
  expect(toFrame({ a: undefined }, false)).toBeInstanceOf(Array);
  expect(toFrame(new Date(0), false)).toBeInstanceOf(Array);
  expect(() => toFrame(new Proxy({}, {}), false)).toThrow(/could not be cloned/);
  // Who made the lists of a list says so; of others inside of them nothing is known.
  const named = Object.assign([1], { more: 2 });
  expect(toFrame([named], true)).toBe('[[1]]\n');
  expect(toFrame([[named]], true)).toBeInstanceOf(Array);
  expect(toFrame([{ named }], true)).toBeInstanceOf(Array);
  const twice = {};
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
    expect(toFrame([other], false)).toBeInstanceOf(Array);
  }
});

test('a large view that is there twice stays one', () => {
  const view = large(Uint8Array) as Uint8Array;
  const received: unknown[] = [];
  new FrameReader((message) => received.push(message)).push(bytesOf([view, { again: view }]));
  const [[first, { again }]] = received as [[Uint8Array, { again: Uint8Array }]];
  expect(first).toBe(again);
  expect(Buffer.compare(first, view)).toBe(0);
});

test('what is written is what a large view holds now, also while the pipe is full', async () => {
  const written: Buffer[] = [];
  const waiting: (() => void)[] = [];
  const pipe = new Writable({
    writev(chunks, done) {
      waiting.push(() => {
        written.push(...chunks.map(({ chunk }) => Buffer.from(chunk as Uint8Array)));
        done();
      });
    },
  });
  const view = new Uint8Array(100_000);
  const left = [1, 2, 3, 4].map((round) => {
    view.fill(round);
    return new Promise<void>((resolve) => writeFrame(pipe, [view, round], false, resolve));
  });
  view.fill(9);
  while (waiting.length > 0) waiting.shift()?.();
  await Promise.all(left);
  const received: unknown[] = [];
  const reader = new FrameReader((message) => received.push(message));
  for (const piece of written) reader.push(piece);
  const found = received.map((message) => message as [Uint8Array, number]);
  expect(found.map(([bytes, round]) => [...new Set(bytes), bytes.length, round])).toEqual(
    [1, 2, 3, 4].map((round) => [round, 100_000, round]),
  );
});

test('a message that is read does not change with the next ones', () => {
  const received: Uint8Array[] = [];
  const reader = new FrameReader((message) => received.push(message as Uint8Array));
  for (const round of [1, 2, 3]) reader.push(bytesOf(new Uint8Array(70_000).fill(round)));
  expect(received.map((each) => [...new Set(each)])).toEqual([[1], [2], [3]]);
});

test('objects that are one stay one, within a message', () => {
  const shared = { a: 1 };
  const received: unknown[] = [];
  const reader = new FrameReader((message) => received.push(message));
  reader.push(bytesOf([shared, shared]));
  const [[first, second]] = received as [[object, object]];
  expect(first).toBe(second);
});

test('what cannot be cloned is refused', () => {
  for (const bad of [() => {}, { inside: () => {} }, new Proxy({}, {})]) {
    expect(() => toFrame([bad], false)).toThrow(/could not be cloned/);
  }
});

test('bytes are not looked at one by one', () => {
  const bytes = new Uint8Array(1 << 27);
  expect(bytesOf([bytes]).length).toBeGreaterThan(bytes.length);
});

test('a getter may send something itself', () => {
  const message = [{ b: 1, get a() { return toFrame([{}], false); } }]; // prettier-ignore
  expect(toFrame(message, false)).toBe('[{"b":1,"a":"[{}]\\n"}]\n');
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
  reader.push(Buffer.from(`${toFrame([1], false) as string}${toFrame([2], false) as string}`));
  const error = await uncaught;
  for (const listener of listeners) process.on('uncaughtException', listener);
  expect(received).toEqual([[1], [2]]);
  expect(error).toHaveProperty('message', 'mine');
});
