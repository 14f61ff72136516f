import { execFile } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { PassThrough, Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { MessageChannel } from 'node:worker_threads';
import { afterEach, expect, it } from 'vitest';
import { connectedSockets } from './fixtures/connected-sockets.js';
import { countOpen } from './fixtures/count-open.js';
import { DefaultSelector, EVENT_READ, EVENT_WRITE, takeMessage, toReadiness } from './index.js';
import { selectorContract, type End } from './selector.contract.js';

const opened: { destroy(): unknown }[] = [];
afterEach(() => {
  for (const each of opened.splice(0)) each.destroy();
});

const endOf = (socket: Socket): End<Socket> => ({
  fileObj: socket,
  send: (text) => void socket.write(text),
  receive: () => (socket.read() as Buffer | null)?.toString() ?? '',
  close: () => void socket.destroy(),
  listeners: () => socket.eventNames().reduce((sum, name) => sum + socket.listenerCount(name), 0),
});

selectorContract<Socket>({
  name: 'DefaultSelector',
  make: () => new DefaultSelector(),
  pairs: async (count) => {
    const pairs = await connectedSockets(count);
    return pairs.map(([left, right]) => [endOf(left), endOf(right)]);
  },
  open: countOpen,
});

it('SEL-02 numbers, and sides that a thing has not', () => {
  const selector = new DefaultSelector();
  expect(() => selector.register(7 as never, EVENT_READ)).toThrow(
    /^Cannot watch the number 7: .* descriptors go to an EpollSelector/,
  );
  expect(() => selector.register(Readable.from([]), EVENT_WRITE)).toThrow(
    'Cannot watch a Readable for writing: it has no such side',
  );
  expect(() => selector.register(new Writable(), EVENT_READ)).toThrow(TypeError);
  expect(() => selector.register(Promise.resolve(), EVENT_READ | EVENT_WRITE)).toThrow(TypeError);
  expect(selector.getMap().size).toBe(0);
});

it('SEL-05 what was registered has as many listeners afterwards as before', async () => {
  const selector = new DefaultSelector();
  const stream = new PassThrough();
  const counts = (): unknown => stream.eventNames().map((name) => [name, stream.listenerCount(name)]);
  const before = counts();
  selector.register(stream, EVENT_READ | EVENT_WRITE);
  selector.modify(stream, EVENT_WRITE);
  selector.modify(stream, EVENT_READ);
  stream.destroy();
  selector.unregister(stream);
  expect(counts()).toEqual(before);
  const { port1, port2 } = new MessageChannel();
  const onPort = (): number => port1.listenerCount('message') + port1.listenerCount('close');
  selector.register(port1, EVENT_READ);
  expect(onPort()).toBe(2);
  selector.close();
  expect(onPort()).toBe(0);
  port2.close();
});

it('SEL-14 room to write is a state, too', async () => {
  const writes: (() => void)[] = [];
  const stream = new Writable({ highWaterMark: 4, write: (_chunk, _encoding, done) => void writes.push(done) });
  const selector = new DefaultSelector();
  const key = selector.register(stream, EVENT_WRITE);
  expect(await selector.select({ timeout: 0 })).toEqual([[key, EVENT_WRITE]]);
  expect(stream.write('12345')).toBe(false);
  expect(await selector.select({ timeout: 0 })).toEqual([]);
  const waiting = selector.select();
  writes.shift()!();
  expect(await waiting).toEqual([[key, EVENT_WRITE]]);
  stream.end();
  expect(await selector.select()).toEqual([[key, EVENT_WRITE]]);
});

it('SEL-16 who reads exactly what is there still learns of the end', async () => {
  const stream = new PassThrough();
  const selector = new DefaultSelector<PassThrough>();
  stream.end('four');
  selector.register(stream, EVENT_READ);
  await selector.select();
  expect(String(stream.read(4))).toBe('four');
  await selector.select();
  expect([stream.read(), stream.readableEnded]).toEqual([null, true]);
});

it('SEL-16 a destroyed object with an error is reported, not lost', async () => {
  const stream = new PassThrough();
  const selector = new DefaultSelector<PassThrough>();
  const key = selector.register(stream, EVENT_READ);
  const waiting = selector.select();
  const error = new Error('the cable');
  stream.destroy(error);
  expect(await waiting).toEqual([[key, EVENT_READ]]);
  expect(key.fileObj.errored).toBe(error);
  expect(await selector.select()).toEqual([[key, EVENT_READ]]);
});

it('SEL-16 a connection that is refused is reported', async () => {
  const [[left, right]] = (await connectedSockets(1)) as [[Socket, Socket]];
  opened.push(left, right);
  const port = right.localPort!;
  right.destroy();
  left.destroy();
  const refused = connect({ port, host: '127.0.0.1' });
  const selector = new DefaultSelector<Socket>();
  const key = selector.register(refused, EVENT_WRITE);
  expect(await selector.select()).toEqual([[key, EVENT_WRITE]]);
  expect(refused.errored).toMatchObject({ code: 'ECONNREFUSED' });
});

it('SEL-17 of 2,000 connections, exactly those that are ready', { timeout: 60_000 }, async () => {
  const pairs = await connectedSockets(2_000);
  for (const pair of pairs) opened.push(...pair);
  const selector = new DefaultSelector<Socket, number>();
  for (const [at, [left]] of pairs.entries()) selector.register(left, EVENT_READ, at);
  const chosen = [3, 777, 1_024, 1_999];
  for (const at of chosen) pairs[at]![1].write('x');
  const seen = new Set<number>();
  while (seen.size < chosen.length) for (const [{ data }] of await selector.select()) seen.add(data);
  expect([...seen].sort((a, b) => a - b)).toEqual(chosen);
  expect((await selector.select()).length).toBe(4);
  for (const at of chosen) pairs[at]![0].read();
  expect(await selector.select({ timeout: 0 })).toEqual([]);
  selector.close();
});

it('SEL-09 message ports: a message waits until it is taken', async () => {
  const { port1, port2 } = new MessageChannel();
  const selector = new DefaultSelector();
  const key = selector.register(port1, EVENT_READ | EVENT_WRITE);
  expect(await selector.select({ timeout: 0 })).toEqual([[key, EVENT_WRITE]]);
  selector.modify(port1, EVENT_READ);
  port2.postMessage({ n: 1 });
  port2.postMessage({ n: 2 });
  for (let time = 0; time < 2; time++) expect((await selector.select())[0]![1]).toBe(EVENT_READ);
  expect([takeMessage(port1), takeMessage(port1)]).toEqual([{ message: { n: 1 } }, { message: { n: 2 } }]);
  expect([takeMessage(port1), await selector.select({ timeout: 0 })]).toEqual([undefined, []]);
  port2.postMessage('last');
  port2.close();
  await selector.select();
  expect(takeMessage(port1)).toEqual({ message: 'last' });
  await selector.select();
  expect(takeMessage(port1)).toBeUndefined();
  selector.close();
});

it('SEL-09 promises and sentinels: settled, also when it failed', async () => {
  const selector = new DefaultSelector<Promise<unknown>, string>();
  let settle!: (error: Error) => void;
  const failing = new Promise<never>((_resolve, reject) => (settle = reject));
  selector.register(failing, EVENT_READ, 'failing');
  const waiting = selector.select();
  settle(new Error('gone'));
  expect((await waiting).map(([{ data }]) => data)).toEqual(['failing']);
  selector.register(Promise.resolve(), EVENT_READ, 'settled');
  expect((await selector.select()).map(([{ data }]) => data).sort()).toEqual(['failing', 'settled']);
});

it('SEL-09 a class of your own', async () => {
  let calls: (() => void)[] = [];
  const lamp = {
    lit: false,
    [toReadiness]: () => ({
      can: EVENT_READ,
      now: () => (lamp.lit ? EVENT_READ : 0),
      listen: (_events: number, changed: () => void) => {
        calls.push(changed);
        return () => void (calls = calls.filter((call) => call !== changed));
      },
    }),
  };
  const selector = new DefaultSelector();
  const key = selector.register(lamp, EVENT_READ);
  const waiting = selector.select();
  lamp.lit = true;
  for (const call of calls) call();
  expect(await waiting).toEqual([[key, EVENT_READ]]);
  selector.close();
  expect(calls).toEqual([]);
});

it('NOD-01 a pending select keeps the process alive, an idle selector does not', async () => {
  const file = fileURLToPath(new URL('./fixtures/select-for-ever.mjs', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [file, 'DefaultSelector']);
  expect(stdout.trim()).toBe('1');
});
