import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, expect, it } from 'vitest';
import { allowMainThreadBlocking } from '@interleave/memory';
import { countOpen } from './fixtures/count-open.js';
import { startActor } from './fixtures/actors.js';
import type * as lib from './index.js';
import { EpollSelector, EVENT_READ, EVENT_WRITE, RawSocket, socketPair } from './index.js';

const opened: RawSocket[] = [];
const keep = <T extends RawSocket[]>(...sockets: T): T => {
  opened.push(...sockets);
  return sockets;
};
afterEach(() => {
  for (const socket of opened.splice(0)) socket.close();
});

const code = (name: string): Error => expect.objectContaining({ code: name });

async function until(socket: RawSocket, events: number): Promise<void> {
  const selector = new EpollSelector();
  selector.register(socket, events);
  await selector.select();
  selector.close();
}

it('a pair talks, and says EAGAIN when nothing has arrived', () => {
  const [left, right] = keep(...socketPair());
  expect(() => right.recv()).toThrow(
    expect.objectContaining({
      name: 'InterleaveError',
      code: 'EAGAIN',
      message: `Cannot receive from socket ${right.fd}: it would have to wait; try again when a selector says that it is ready (EAGAIN)`,
    }),
  );
  expect(left.send('grüße')).toBe(7);
  expect(right.recv(3).toString()).toBe('grü'.slice(0, 2) + '�');
  const rest = right.recv();
  expect(() => right.recv()).toThrow(code('EAGAIN'));
  left.send('over it?');
  expect([String(right.recv()), rest.length, String(rest.subarray(1))]).toEqual(['over it?', 4, 'ße']);
  expect(right.send(new Uint8Array([1, 2]))).toBe(2);
  expect([...left.recv()]).toEqual([1, 2]);
});

it('takes what fits, then says EAGAIN until there is room', async () => {
  const [left, right] = keep(...socketPair());
  const bytes = new Uint8Array(1 << 20);
  const taken = left.send(bytes);
  expect(taken).toBeGreaterThan(0);
  expect(taken).toBeLessThan(bytes.length);
  expect(() => {
    for (;;) left.send(bytes);
  }).toThrow(code('EAGAIN'));
  for (let received = 0; received < taken;) received += right.recv(1 << 20).length;
  await until(left, EVENT_WRITE);
  expect(left.send('on')).toBe(2);
});

it('the end is empty, and nobody can be told any more', () => {
  const [left, right] = keep(...socketPair());
  left.send('last');
  left.close();
  expect(right.recv().toString()).toBe('last');
  expect(right.recv().length).toBe(0);
  expect(() => right.send('?')).toThrow(expect.objectContaining({ name: 'BrokenPipeError', code: 'EPIPE' }));
});

it('listens, accepts and connects without waiting', async () => {
  const [server, client] = keep(new RawSocket(), new RawSocket());
  server.bind(0);
  server.listen();
  expect(() => server.accept()).toThrow(code('EAGAIN'));
  try {
    client.connect(server.port);
  } catch (error) {
    expect(error).toMatchObject({ code: 'EINPROGRESS' });
    await until(client, EVENT_WRITE);
  }
  client.finishConnect();
  await until(server, EVENT_READ);
  const [there] = keep(server.accept());
  client.send('hello');
  await until(there, EVENT_READ);
  expect(there.recv().toString()).toBe('hello');
  expect(() => keep(new RawSocket())[0].bind(server.port)).toThrow(
    expect.objectContaining({ name: 'AddressInUseError', code: 'EADDRINUSE' }),
  );
});

it('says that nobody listens', async () => {
  const [server, client] = keep(new RawSocket(), new RawSocket());
  server.bind(0);
  const { port } = server;
  server.close();
  const connect = async (): Promise<void> => {
    try {
      client.connect(port);
    } catch (error) {
      if ((error as { code?: string }).code !== 'EINPROGRESS') throw error;
      await until(client, EVENT_WRITE);
      client.finishConnect();
    }
  };
  await expect(connect()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

it('a closed socket is closed, once and for all', () => {
  const before = countOpen();
  const [left, right] = socketPair();
  const shown = [String(left), left.closed];
  expect(shown).toEqual([`<RawSocket fd ${left.fd}>`, false]);
  left.close();
  left.close();
  right.close();
  expect([left.fd, left.closed, String(left), countOpen()]).toEqual([-1, true, '<RawSocket closed>', before]);
  const closed = expect.objectContaining({ name: 'ClosedError', code: 'EBADF' });
  for (const use of [
    () => left.send('x'),
    () => left.recv(),
    () => left.bind(0),
    () => left.listen(),
    () => left.port,
    () => left.accept(),
    () => left.connect(1),
    () => left.finishConnect(),
  ]) {
    expect(use).toThrow(closed);
  }
});

it('gives its descriptor away, and a socket of Node goes on', async () => {
  const [left, right] = keep(...socketPair());
  const { fd } = right;
  const node = new Socket({ fd: right.detach() });
  expect([right.closed, right.fd]).toEqual([true, -1]);
  expect(() => right.detach()).toThrow(code('EBADF'));
  left.send(`to ${fd}`);
  expect(String((await once(node, 'data'))[0])).toBe(`to ${fd}`);
  node.destroy();
  await once(node, 'close');
  expect(left.recv().length).toBe(0);
});

it('ports are ports, and sizes are sizes', () => {
  const [socket] = keep(new RawSocket());
  for (const port of [-1, 65_536, 1.5, NaN]) {
    expect(() => socket.bind(port)).toThrow(RangeError);
    expect(() => socket.connect(port)).toThrow(RangeError);
  }
  for (const fd of [-1, 1.5, NaN]) expect(() => new RawSocket({ fd })).toThrow(RangeError);
  for (const size of [0, -1, 1.5, NaN]) expect(() => socket.recv(size)).toThrow(RangeError);
});

it('a blocking one is refused on the main thread, unless it need not wait', () => {
  const [left, right] = keep(...socketPair({ blocking: true }));
  expect(left.blocking).toBe(true);
  expect(() => right.recv()).toThrow(
    expect.objectContaining({
      name: 'BlockingNotAllowedError',
      message: expect.stringMatching(/setBlocking\(false\) and a selector/),
    }),
  );
  left.send('there');
  expect(right.recv().toString()).toBe('there');
  right.setBlocking(false);
  expect(() => right.recv()).toThrow(code('EAGAIN'));
});

it('a blocking one waits, in a thread, until something comes, and lets the thread be ended', async () => {
  const [left, right] = keep(...socketPair());
  const actor = startActor();
  const receive = (t: { fd: number }, { RawSocket }: typeof lib): string =>
    String(new RawSocket({ fd: t.fd, blocking: true }).recv());
  const there = actor.run(receive, { fd: right.fd });
  const reading = until(left, EVENT_WRITE).then(() => left.send('woken'));
  expect([await there, await reading]).toEqual(['woken', 5]);
  const forEver = actor.run(receive, { fd: right.fd });
  forEver.catch(() => {});
  await actor.kill();
  await expect(forEver).rejects.toThrow('the actor has ended');
});

it('blocking connections from one end to the other, where the main thread may block', () => {
  const before = allowMainThreadBlocking();
  try {
    const [server, client] = keep(new RawSocket({ blocking: true }), new RawSocket({ blocking: true }));
    server.bind(0);
    server.listen(1);
    client.connect(server.port);
    const [there] = keep(server.accept());
    expect(there.blocking).toBe(true);
    there.send('welcome');
    expect(client.recv().toString()).toBe('welcome');
  } finally {
    allowMainThreadBlocking(before);
  }
});

it('says that no more can be opened, leaves nothing of it, and goes on when there is room again', async () => {
  const program = fileURLToPath(new URL('./fixtures/no-more-descriptors.mjs', import.meta.url));
  const { stdout } = await promisify(execFile)('/bin/sh', [
    '-c',
    `ulimit -n 60; exec "$0" "$1"`,
    process.execPath,
    program,
  ]);
  const closed = 'this process has as many descriptors open as it may; close some, or raise `ulimit -n` (EMFILE)';
  expect(stdout.trim().split('\n')).toEqual([
    `EMFILE Cannot make a pair of sockets: ${closed}`,
    `EMFILE Cannot make a socket: ${closed}`,
    `EMFILE Cannot make an epoll set: ${closed}`,
    `EMFILE Cannot wait for an epoll set: ${closed}`,
    `EMFILE Cannot make an epoll set: ${closed}`,
    'nothing is left, and 1 is ready',
  ]);
});
