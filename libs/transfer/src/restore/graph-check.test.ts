import { SerializationError } from '@interleave/core';
import { expect, test } from 'vitest';
import { captureTask } from '../capture-task.js';
import { decodeValue } from '../decode-value.js';
import { restoreTask } from '../restore-task.js';

const fn = (slots: unknown[], more: object = {}): object => ({
  t: 'function',
  text: '() => 1',
  name: 'f',
  strict: true,
  slots,
  props: [],
  proto: [],
  ...more,
});
const touched = (): boolean => (globalThis as { touched?: boolean }).touched === true;
const evil = 'globalThis.touched = true';

const malformed: [what: string, data: unknown][] = [
  ['nothing', undefined],
  ['a text', evil],
  ['no nodes', { root: [1] }],
  ['a root out of range', { root: 3, nodes: [] }],
  ['a negative root', { root: -1, nodes: [fn([])] }],
  ['a fractional index', { root: 0.5, nodes: [fn([])] }],
  ['a node that is null', { root: 0, nodes: [null] }],
  ['an unknown kind of node', { root: 0, nodes: [{ t: 'eval', text: evil }] }],
  ['a kind from the prototype', { root: 0, nodes: [{ t: 'toString' }] }],
  ['a slot that is code', { root: 0, nodes: [fn([[`a=${evil},b`, [1], false]])] }],
  ['a slot that is a reserved word', { root: 0, nodes: [fn([['this', [1], false]])] }],
  ['a slot out of range', { root: 0, nodes: [fn([['a', 7, false]])] }],
  ['import.meta under a name that is code', { root: 0, nodes: [fn([], { meta: `x=${evil}` })] }],
  ['a text that is not a text', { root: 0, nodes: [fn([], { text: { toString: evil } })] }],
  ['a property with a loose key', { root: 0, nodes: [{ t: 'object', base: 'Object', props: [[{}, 0, [1]]] }] }],
  ['a symbol key out of range', { root: 0, nodes: [{ t: 'object', base: 'Object', props: [[9, 0, [1]]] }] }],
  ['an unknown builtin', { root: 0, nodes: [{ t: 'object', base: 'Function', props: [] }] }],
  ['a constructor that is not on the list', { root: 0, nodes: [{ t: 'new', path: ['Function'], args: [[evil]] }] }],
  ['an odd Map', { root: 0, nodes: [{ t: 'object', base: 'Map', items: [[1]], props: [] }] }],
  ['bytes that are no bytes', { root: 0, nodes: [{ t: 'object', base: 'Uint8Array', inner: ['x'], props: [] }] }],
  ['a global path that is no list', { root: 0, nodes: [{ t: 'global', path: 'process' }] }],
];

test.each(malformed)('%s is refused and runs nothing', async (_what, data) => {
  await expect(restoreTask({ id: 'x', name: 'f', data })).rejects.toThrow(SerializationError);
  expect(() => decodeValue([1, data])).toThrow(SerializationError);
  expect(touched()).toBe(false);
});

test.each([[null], [undefined], ['text'], [{}], [{ name: 'x' }]])('%j is no definition', async (definition) => {
  await expect(restoreTask(definition as never)).rejects.toThrow(SerializationError);
});

test.each([[{}], [[]], [[2, 1]], [[0]], [[1, null]], [{ nodes: [] }]])('%j is no encoded value', (encoded) => {
  expect(() => decodeValue(encoded)).toThrow(SerializationError);
});

test('a definition that refers to what is not here says so', async () => {
  const cases: [object, RegExp][] = [
    [{ t: 'global', path: ['no', 'such'] }, /global has no "no.such" here/],
    [{ t: 'module', url: 'node:os', path: ['noSuch'] }, /module node:os has no "noSuch" here/],
    [{ t: 'module', url: 'file:///no/such/file.js', path: [] }, /could not be loaded/],
    [{ t: 'home', id: 'x', name: 'Lost' }, /"Lost" is not known here/],
    [{ t: 'registered', name: 'no.such', value: [1] }, /no class is registered as "no.such"/],
    [fn([], { text: '() => {' }), /Cannot rebuild task "f"/],
    [{ t: 'object', base: 'Object', props: [] }, /it is object, not a function/],
  ];
  for (const [node, message] of cases) {
    const restored = restoreTask({ id: 'x', name: 'f', data: { root: 0, nodes: [node] } });
    await expect(restored).rejects.toThrow(SerializationError);
    await expect(restored).rejects.toThrow(message);
  }
});

test('keys that mean something to objects are only keys', () => {
  const props = [
    ['__proto__', 0, [{ polluted: true }]],
    ['constructor', 0, [1]],
    ['hasOwnProperty', 0, [2]],
  ];
  const value = decodeValue([1, { root: 0, nodes: [{ t: 'object', base: 'Object', props }] }]) as Record<
    string,
    unknown
  >;
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  expect(Object.keys(value)).toEqual(['__proto__', 'constructor', 'hasOwnProperty']);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});

test('what captureTask makes passes structured clone and the check', async () => {
  const n = 3;
  const definition = structuredClone(captureTask(() => n, 'thread'));
  expect((await restoreTask(definition))()).toBe(3);
});
