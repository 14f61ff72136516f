import { Socket } from 'node:net';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { SerializationError } from '@interleave/core';
import { describe, expect, test } from 'vitest';
import { decodeValue } from './decode-value.js';
import { encodeValue, type EncodeOptions } from './encode-value.js';
import { registerTransfer, fromTransfer, toTransfer } from './register-transfer.js';
import type { Ground } from './ground.js';

/** There and back through structured clone. */
function journey(value: unknown, options: Partial<EncodeOptions> = {}): any {
  return decodeValue(structuredClone(encodeValue(value, { ground: 'thread', name: 'value', ...options })));
}

function refusalOf(value: unknown, ground: Ground = 'thread'): SerializationError {
  try {
    encodeValue(value, { ground, name: 'value' });
  } catch (error) {
    expect(error).toBeInstanceOf(SerializationError);
    return error as SerializationError;
  }
  throw new Error('it was not refused');
}

test('primitives are sent as they are', () => {
  for (const value of [undefined, null, true, 1, -0, NaN, 'x', 10n]) {
    expect(encodeValue(value, { ground: 'thread' })).toBe(value);
    expect(decodeValue(value)).toBe(value);
  }
});

test('plain data is passed through without being copied', () => {
  const rows = Array.from({ length: 20_000 }, (_, id) => ({ id, tags: ['a'] }));
  const encoded = encodeValue(rows, { ground: 'thread' }) as unknown[];
  expect(encoded).toHaveLength(2);
  expect(encoded[1]).toBe(rows);
});

test('NOD-11 everything that structured clone carries makes the round trip', () => {
  const cyclic: Record<string, unknown> = { a: 1 };
  cyclic['self'] = cyclic;
  const shared = new Uint8Array([1, 2, 3]);
  const value = {
    big: 2n ** 70n,
    map: new Map<unknown, unknown>([
      ['k', new Set([1])],
      [{ o: 1 }, 2],
    ]),
    date: new Date(0),
    pattern: /a/giu,
    views: [new Float64Array([0.5]), new DataView(new ArrayBuffer(2)), new BigInt64Array(1)],
    boxed: [Object(1), Object('s')],
    first: shared,
    second: shared,
    sparse: Object.assign(new Array<number>(3), { 0: 1, 2: 3 }),
    nothing: undefined,
  };
  const back = journey(value);
  expect(back).toEqual(value);
  expect(back.first).toBe(back.second);
  expect(1 in back.sparse).toBe(false);
  const knot = journey(cyclic);
  expect(knot.self).toBe(knot);
});

test('deeply nested data does not overflow the stack', () => {
  let nested: unknown = 1;
  for (let i = 0; i < 50_000; i += 1) nested = [nested];
  expect(encodeValue(nested, { ground: 'thread' })).toHaveLength(2);
});

test.each([
  ['a symbol', { a: [Symbol('s')] }, 'value/a[0]', /symbols are not data/],
  ['a WeakMap', { w: new WeakMap() }, 'value/w', /use a Map or a Set/],
  ['a Promise', [Promise.resolve()], 'value[0]', /await it first/],
  ['a Proxy', { p: new Proxy({}, {}) }, 'value/p', /is a Proxy/],
  ['a socket', { get: { client: new Socket() } }, 'value/get/client', /is a Socket; pass its address/],
  ['a native function', { f: structuredClone.bind }, 'value/f', /function/],
  [
    'a throwing getter',
    {
      x: {
        get bad(): never {
          throw new Error('trap');
        },
      },
    },
    'value/x/bad',
    /its getter failed: trap/,
  ],
  [
    'a MessagePort that is not listed',
    { port: new MessageChannel().port1 },
    'value/port',
    /list it in the option `transfer`/,
  ],
  ['a WeakRef', new WeakRef({}), 'value', /pass what it refers to/],
  ['an AbortSignal', { signal: new AbortController().signal }, 'value/signal', /as the option `signal`/],
  ['a timer', { timer: setTimeout(() => undefined, 0) }, 'value/timer', /start the timer on the other side/],
])('NOD-11 %s is refused with its path', (_what, value, path, message) => {
  if (_what === 'a native function')
    (value as { f: unknown }).f = Object.getOwnPropertyDescriptor(RegExp.prototype, 'flags')?.get;
  const error = refusalOf(value);
  expect(error.path).toBe(path);
  expect(error.message).toMatch(message);
});

test.each([3, 900, 1_100, 20_000])('NOD-11 what is in or at an array of %i is seen, wherever it is', async (length) => {
  const list = (): any[] => Array.from({ length }, (_, at) => at);
  const last = length - 2;
  for (const bad of [Symbol('no'), Promise.resolve(), new WeakMap(), new Proxy({}, {})]) {
    const inside = list();
    inside[last] = bad;
    expect(refusalOf({ deep: [inside] }).path).toBe(`value/deep[0][${last}]`);
    // As many keys as elements: one is a name, one place is empty.
    const named = Object.assign(list(), { name: bad });
    Reflect.deleteProperty(named, last);
    expect(refusalOf({ deep: [named] }).path).toBe('value/deep[0]/name');
  }
  const kept = Object.assign(list(), { name: new RangeError('kept') });
  Reflect.deleteProperty(kept, last);
  const back = await journey(kept);
  expect([back.length, last in back, back.name]).toEqual([length, false, kept.name]);
  expect(back.at(-1)).toBe(length - 1);
  const plain = list();
  // Not taken apart: as a flat list, or as it is.
  expect((encodeValue([plain], { ground: 'thread' }) as unknown[])[0]).toBe(length < 4_000 ? 2 : 0);
});

test('NOD-11 a detached buffer is refused', () => {
  const buffer = new ArrayBuffer(4);
  structuredClone(buffer, { transfer: [buffer] });
  expect(refusalOf({ buffer }).message).toMatch(/value\/buffer is a detached ArrayBuffer/);
});

test('shared memory goes to threads only', () => {
  const memory = new SharedArrayBuffer(4);
  expect(journey({ memory }).memory).toBeInstanceOf(SharedArrayBuffer);
  expect(refusalOf({ memory }, 'process').path).toBe('value/memory');
  expect(refusalOf([new Int32Array(memory)], 'process').path).toBe('value[0]');
});

describe('NOD-12 transfer list', () => {
  test('what is listed moves', () => {
    const bytes = new Uint8Array([1, 2]);
    const encoded = encodeValue({ bytes }, { ground: 'thread', transfer: [bytes.buffer] });
    const arrived = decodeValue(structuredClone(encoded, { transfer: [bytes.buffer] })) as { bytes: Uint8Array };
    expect(bytes.byteLength).toBe(0);
    expect([...arrived.bytes]).toEqual([1, 2]);
  });

  test('the same object twice is refused, and so is what cannot move', () => {
    const buffer = new ArrayBuffer(4);
    const attempt =
      (transfer: unknown[], ground: Ground = 'thread') =>
      () =>
        encodeValue(buffer, { ground, transfer: transfer as object[] });
    expect(attempt([buffer, buffer])).toThrow(/transfer\[1\] is listed twice/);
    expect(attempt([1])).toThrow(/transfer\[0\] is number/);
    expect(attempt([new Uint8Array(4)])).toThrow(/list its buffer/);
    const { port1 } = new MessageChannel();
    expect(attempt([port1], 'process')).toThrow(/cannot move to another process/);
    port1.close();
    structuredClone(buffer, { transfer: [buffer] });
    expect(attempt([buffer])).toThrow(/has been transferred before/);
  });

  test('a listed port inside of something that becomes a graph', () => {
    const { port1, port2 } = new MessageChannel();
    const encoded = encodeValue({ port: port1, error: new Error('x') }, { ground: 'thread', transfer: [port1] });
    const arrived = decodeValue(structuredClone(encoded, { transfer: [port1 as never] })) as { port: MessagePort };
    expect(arrived.port.constructor.name).toBe('MessagePort');
    arrived.port.close();
    port2.close();
  });
});

test('what structured clone loses is kept: errors, classes of Node, functions, symbol keys', () => {
  const key = Symbol.for('transfer.test');
  const value = {
    error: Object.assign(new TypeError('no'), { code: 'E_NO' }),
    url: new URL('http://localhost/x'),
    buffer: Buffer.from('abc'),
    double: (n: number) => n * 2,
    [key]: 1,
  };
  const back = journey(value);
  expect(back.error).toBeInstanceOf(TypeError);
  expect(back.error.code).toBe('E_NO');
  expect(back.url.href).toBe('http://localhost/x');
  expect(Buffer.isBuffer(back.buffer)).toBe(true);
  expect(back.double(4)).toBe(8);
  expect(back[key]).toBe(1);
});

test('a small Buffer takes only its own bytes along', () => {
  const encoded = encodeValue([Buffer.from('abc')], { ground: 'thread' });
  expect(JSON.stringify(encoded).length).toBeLessThan(400);
});

test('getters of data are read, as structured clone does', () => {
  let reads = 0;
  const value = {
    get now(): number {
      reads += 1;
      return 5;
    },
    error: new Error('makes it a graph'),
  };
  expect(Object.getOwnPropertyDescriptor(journey(value), 'now')?.value).toBe(5);
  expect(reads).toBeGreaterThan(0);
});

class Money {
  readonly #cents: number;
  constructor(cents: number) {
    this.#cents = cents;
  }
  get cents(): number {
    return this.#cents;
  }
}

test('a registered class whose decode cannot travel takes nothing half-written along, and nothing else away', async () => {
  class Ticket {
    readonly number = 7;
  }
  const weak = new WeakSet();
  const inner = (n: number): Ticket => (weak.add(Ticket), Object.assign(new Ticket(), { number: n }));
  const outer = (n: number): Ticket => inner(n);
  registerTransfer(Ticket, { name: 'test.Ticket', encode: ({ number }) => number, decode: (n) => outer(n) });
  const tickets = [new Ticket(), () => new Ticket().number] as const;
  const encoded = encodeValue(tickets, { ground: 'thread' }) as [number, { nodes: readonly unknown[] }];
  // Every node is there, and nothing more than the list, the ticket and the function with what it needs.
  expect(Object.keys(encoded[1].nodes)).toHaveLength(encoded[1].nodes.length);
  const [ticket, make] = (await decodeValue(encoded)) as typeof tickets;
  expect([ticket.number, make()]).toEqual([7, 7]);
});

test('registerTransfer lets a class with private fields travel', () => {
  registerTransfer(Money, { name: 'test.Money', encode: (m) => m.cents, decode: (c) => new Money(c) });
  const money = new Money(5);
  const back = journey({ a: money, b: money, list: [new Money(7)] });
  expect(back.a).toBeInstanceOf(Money);
  expect(back.a.cents).toBe(5);
  expect(back.a).toBe(back.b);
  expect(back.list[0].cents).toBe(7);
});

test('registerTransfer refuses what is no class or incomplete', () => {
  const parts = { name: 'x', encode: () => 1, decode: () => new Money(1) };
  expect(() => registerTransfer({} as never, parts)).toThrow(TypeError);
  expect(() => registerTransfer(Money, { ...parts, name: '' })).toThrow(/its name is missing/);
  expect(() => registerTransfer(Money, { ...parts, decode: undefined as never })).toThrow(/decode is not a function/);
});

test('F04 a class whose encode or decode fails costs a SerializationError that names it', () => {
  class Bad {}
  registerTransfer(Bad, {
    name: 'test.Bad',
    encode: () => {
      throw new Error('no way');
    },
    decode: () => new Bad(),
  });
  expect(refusalOf({ bad: new Bad() }).message).toMatch(/value\/bad could not be taken apart.*no way/);
  registerTransfer(Bad, {
    name: 'test.Bad',
    encode: () => 1,
    decode: () => {
      throw new Error('no way back');
    },
  });
  expect(() => journey(new Bad())).toThrow(SerializationError);
  expect(() => journey(new Bad())).toThrow(/no way back/);
});

test('a class with the symbol methods says itself how it travels', () => {
  const { port1, port2 } = new MessageChannel();
  class Line {
    readonly port: unknown;
    constructor(port: unknown) {
      this.port = port;
    }
    [toTransfer](context: { move<T extends object>(o: T): T }): unknown {
      return { port: context.move(this.port as object) };
    }
    static [fromTransfer](value: { port: unknown }): Line {
      return new this(value.port);
    }
  }
  const moved: object[] = [];
  const encoded = encodeValue({ line: new Line(port1) }, { ground: 'thread', moved });
  expect(moved).toEqual([port1]);
  const back = decodeValue(structuredClone(encoded, { transfer: moved as never })) as { line: Line };
  expect(back.line).toBeInstanceOf(Line);
  (back.line.port as MessagePort).close();
  port2.close();
  expect(() => encodeValue(new Line(port2), { ground: 'thread' })).toThrow(/has to be moved/);
});
