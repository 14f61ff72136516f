import { SerializationError } from '@interleave/core';
import { expect, test } from 'vitest';
import { writeFlat } from './capture/flat-writer.js';
import { decodeValue } from './decode-value.js';
import { encodeValue, standsAlone } from './encode-value.js';

const journey = (value: object): unknown => decodeValue(structuredClone(writeFlat(value)));

const row = (id: number): object => ({ id, name: `row ${id}`, tags: ['a', 'b'], at: { x: id, y: [id, { z: null }] } });

const flat: readonly (readonly [string, object])[] = [
  ['an empty object', {}],
  ['an empty list', []],
  ['all kinds of primitives', { a: undefined, b: null, c: -0, d: NaN, e: 2n ** 70n, f: 'naïve \ud800', g: true }],
  ['all of them in a list', [undefined, null, -0, NaN, 2n ** 70n, '', false]],
  ['rows', Array.from({ length: 100 }, (_, id) => row(id))],
  ['a list of both', [1, { a: 1 }, 'two', [], undefined, { a: [2] }]],
  ['keys that look like numbers', { b: 1, 2: 'two', 1: 'one', '-1': [0], ' ': {} }],
  ['keys with quotes', { '"': 1, '\\': { '\n': 2 }, '': 3 }],
  [
    'the same keys with other kinds of values',
    [
      { a: 1, b: {} },
      { a: {}, b: 1 },
      { a: [], b: [] },
      { a: 1, b: 1 },
    ],
  ],
  ['the same keys in another order', [{ a: 1, b: 2 }, { b: 1, a: 2 }]], // prettier-ignore
  ['thirty keys', [Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`k${n}`, n % 3 === 0 ? [n] : n]))]],
];

test.each(flat)('flat data comes back as it was: %s', (_what, value) => {
  const list = writeFlat(value);
  expect(list?.every((entry) => typeof entry !== 'object' || entry === null)).toBe(true);
  const back = journey(value);
  expect(back).toStrictEqual(value);
  expect(JSON.stringify(Object.keys(back as object))).toBe(JSON.stringify(Object.keys(value)));
});

test('tables with ever new keys come back, and what is kept of them stays small', () => {
  for (let id = 0; id < 2_000; id += 1) {
    expect(journey({ [`key ${id}`]: id, same: { [`inner ${id}`]: [id] } })).toStrictEqual({
      [`key ${id}`]: id,
      same: { [`inner ${id}`]: [id] },
    });
    const many = { first: 0, [`second ${id}`]: {} };
    expect(journey(many)).toStrictEqual(many);
  }
});

const shared = {};
const cyclic: Record<string, unknown> = {};
cyclic['self'] = [cyclic];
let deep: object = {};
for (let depth = 0; depth < 100; depth += 1) deep = { deep };
const hole = Object.assign(new Array<number>(3), { 0: 1, 2: 3 });
const named = Object.assign(new Array<number>(3), { 0: 1, 2: 3, two: 2 });

test.each<[string, object]>([
  ['an object that is there twice', [shared, shared]],
  ['a circle', cyclic],
  ['a list with a hole', hole],
  ['a list with a hole and a name', named],
  ['a list of its own class', new (class extends Array {})()],
  ['what only claims to be a list', Object.create(Array.prototype) as object],
  ['an instance', [new (class Own {})()]],
  ['an object without a prototype', Object.create(null) as object],
  ['a symbol as a key', { [Symbol('key')]: 1 }],
  ['a symbol', [Symbol('value')]],
  ['a function', { call: () => {} }],
  ['a Proxy', [new Proxy({}, {})]],
  ['hidden members', Math],
  ['a key that every object has', JSON.parse('{"__proto__":{"a":1}}') as object],
  ['a builtin', [new Date(0)]],
  ['bytes', new Uint8Array(1)],
  ['too many keys', Object.fromEntries(Array.from({ length: 31 }, (_, n) => [n, n]))],
  ['too deep', deep],
  ['too long', new Array(5_000).fill(0)],
  ['too many', Array.from({ length: 5_000 }, () => [])],
  ['a long list of both', [{}, ...new Array<number>(40).fill(0)]],
])('no flat data: %s', (_what, value) => {
  expect(writeFlat(value)).toBeUndefined();
});

test('a getter is read once', () => {
  let reads = 0;
  const value = {
    get next(): unknown {
      reads += 1;
      return reads === 1 ? { first: true } : 'something else';
    },
  };
  expect(decodeValue(encodeValue(value, { ground: 'thread' }))).toStrictEqual({ next: { first: true } });
  expect(reads).toBe(1);
});

test('what was written does not change with the value', () => {
  const value = { list: [1], inner: { a: 1 } };
  const encoded = encodeValue(value, { ground: 'thread' });
  value.list.push(2);
  value.inner.a = 2;
  expect(decodeValue(encoded)).toStrictEqual({ list: [1], inner: { a: 1 } });
});

test('only flat data and primitives stand alone', () => {
  const alone = (value: unknown): boolean => standsAlone(encodeValue(value, { ground: 'thread' }));
  for (const value of [1, 'x', null, undefined, {}, [1, { a: [] }]]) expect(alone(value)).toBe(true);
  for (const value of [[new Date()], new Uint8Array(1), new Error('x'), [() => 1]]) expect(alone(value)).toBe(false);
});

test.each<[string, unknown[]]>([
  ['nothing', []],
  ['no sign', [undefined]],
  ['a sign that is no number', [{}]],
  ['a shape that was not named', [0]],
  ['a shape that is no JSON', ['[']],
  ['a shape without bits', ['["a"]', 1]],
  ['a shape with too many bits', ['[2,"a"]', 1]],
  ['a shape with a key that every object has', ['[0,"__proto__"]', 1]],
  ['a shape with a key that is none', ['[0,1]', 1]],
  ['too few values', ['[0,"a","b"]', 1]],
  ['too many values', ['[0,"a"]', 1, 2]],
  ['a list that is too long', [-1 - 3 * 5, 1, 2]],
  ['an endless list', [-Infinity, 1]],
  ['an endless list of objects', [-2 - 3 * 1e15, 0]],
  ['bits that are none', [-3 - 3 * 2, 'x', 1, 2]],
  ['a list of both that is too long', [-3 - 3 * 1e15, 1]],
  ['a fraction', [-1.5, 1]],
])('a malformed list is refused: %s', (_what, entries) => {
  expect(() => decodeValue([2, ...entries])).toThrow(SerializationError);
});
