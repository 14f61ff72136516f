import { MessageChannel } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { contentId } from './content-id.js';

test('equal contents have equal names', () => {
  const make = (): unknown => ({ a: [1, 'x', new Map([[1, new Date(0)]])], b: new Uint8Array([1]) });
  expect(contentId(make())).toBe(contentId(make()));
  expect(contentId({ a: 1 })).not.toBe(contentId({ a: 2 }));
});

test('shared memory is named by who it is', () => {
  const memory = new SharedArrayBuffer(4);
  expect(contentId([memory])).toBe(contentId([memory]));
  expect(contentId([memory])).not.toBe(contentId([new SharedArrayBuffer(4)]));
});

test('views are named by the memory below them', () => {
  const memory = new SharedArrayBuffer(8);
  const other = new SharedArrayBuffer(8);
  expect(contentId(new Int32Array(memory))).toBe(contentId(new Int32Array(memory)));
  const plain = new ArrayBuffer(8);
  const different = [
    new Int32Array(memory),
    new Int32Array(other),
    new Int32Array(plain),
    new Uint32Array(plain),
    new Int32Array(plain, 4),
    new Int32Array(plain, 0, 1),
    new DataView(plain),
    [new Int32Array(plain), new Int32Array(plain)],
    [new Int32Array(plain), new Int32Array(new ArrayBuffer(8))],
  ];
  expect(new Set(different.map((view) => contentId(view))).size).toBe(different.length);
});

test('ports are named by who they are, and what cannot be read gets a name of its own', () => {
  const { port1, port2 } = new MessageChannel();
  expect(contentId([port1])).toBe(contentId([port1]));
  expect(contentId([port1])).not.toBe(contentId([port2]));
  port1.close();
  const unreadable = { f: () => 1 };
  expect(contentId(unreadable)).not.toBe(contentId(unreadable));
});
