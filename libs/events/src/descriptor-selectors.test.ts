import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, rmdirSync, unlinkSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { allowMainThreadBlocking } from '@interleave/memory';
import { startActor } from './fixtures/actors.js';
import { countOpen } from './fixtures/count-open.js';
import { until } from './fixtures/until.js';
import {
  EpollSelector,
  EVENT_READ,
  EVENT_WRITE,
  PollSelector,
  SelectSelector,
  socketPair,
  RawSocket,
  type Descriptor,
} from './index.js';
import type * as Lib from './index.js';
import { selectorContract, type End } from './selector.contract.js';

const fixture = (name: string): string => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));
const run = promisify(execFile);

const opened: RawSocket[] = [];
const pair = (): [RawSocket, RawSocket] => {
  const made = socketPair();
  opened.push(...made);
  return made;
};
afterEach(() => {
  for (const socket of opened.splice(0)) socket.close();
});

const endOf = (socket: RawSocket): End<Descriptor> => ({
  fileObj: socket,
  send: (text) => void socket.send(text),
  receive: () => socket.recv().toString(),
  close: () => socket.close(),
  listeners: () => 0,
});

describe.each([SelectSelector, PollSelector, EpollSelector])('%o', (Selector) => {
  selectorContract<Descriptor>({
    name: Selector.name,
    make: () => new Selector(),
    pairs: async (count) =>
      Array.from({ length: count }, () => {
        const [left, right] = socketPair();
        return [endOf(left), endOf(right)];
      }),
    open: countOpen,
  });

  it('SEL-02 numbers are descriptors, if they can be', () => {
    const selector = new Selector();
    const [left] = pair();
    expect(selector.register(left.fd, EVENT_READ)).toMatchObject({ fd: left.fd, fileObj: left.fd });
    for (const bad of [-1, 1.5, NaN, Infinity]) expect(() => selector.register(bad, EVENT_READ)).toThrow(RangeError);
    expect(() => selector.register(Promise.resolve() as never, EVENT_READ)).toThrow(TypeError);
    selector.close();
  });

  it('SEL-03 a socket and its number are the same', () => {
    const selector = new Selector();
    const [left] = pair();
    const key = selector.register(left, EVENT_READ);
    expect(() => selector.register(left.fd, EVENT_READ)).toThrow(
      expect.objectContaining({ name: 'AlreadyRegisteredError' }),
    );
    expect(selector.getKey(left.fd)).toBe(key);
    selector.close();
  });

  it('SEL-05 what is closed is refused, and nothing is kept of it', () => {
    const selector = new Selector();
    const [left, right] = pair();
    const { fd } = left;
    left.close();
    const closed = expect.objectContaining({ name: 'ClosedError' });
    expect(() => selector.register(left, EVENT_READ)).toThrow(closed);
    expect(() => selector.register(fd, EVENT_READ)).toThrow(
      expect.objectContaining({ name: 'ClosedError', code: 'EBADF' }),
    );
    expect(selector.getMap().size).toBe(0);
    selector.register(right, EVENT_READ);
    right.close();
    expect(() => selector.modify(right, EVENT_WRITE)).toThrow(closed);
    expect(selector.unregister(right).events).toBe(EVENT_READ);
    selector.close();
  });

  it('SEL-07 leaves no descriptor open', async () => {
    const before = countOpen();
    const [left] = pair();
    for (let round = 0; round < 20; round++) {
      const selector = new Selector();
      selector.register(left, EVENT_READ);
      const waiting = selector.select();
      waiting.catch(() => {});
      await selector.select({ timeout: 1 });
      selector.close();
      await expect(waiting).rejects.toMatchObject({ name: 'InvalidStateError' });
    }
    left.close();
    opened.pop()?.close();
    await until(() => expect(countOpen()).toBe(before));
  });

  it('SEL-09 what is registered while a select waits counts as well', async () => {
    const selector = new Selector<RawSocket>();
    const [left, right] = pair();
    selector.register(left, EVENT_READ);
    const waiting = selector.select();
    await selector.select({ timeout: 5 });
    const key = selector.register(right, EVENT_WRITE);
    expect(await waiting).toEqual([[key, EVENT_WRITE]]);
    selector.close();
  });

  it('SEL-09 sockets of Node that it does not read', async () => {
    const server = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const [there] = (await once(server, 'connection')) as [Socket];
    const selector = new Selector();
    const key = selector.register(there, EVENT_READ);
    const waiting = selector.select();
    client.write('raw');
    expect(await waiting).toEqual([[key, EVENT_READ]]);
    selector.close();
    for (const each of [client, there]) each.destroy();
    expect(() => new Selector().register(there, EVENT_READ)).toThrow(expect.objectContaining({ name: 'ClosedError' }));
    server.close();
  });

  it('SEL-12 selectSync blocks: not here, but in a thread, and no longer than it may', async () => {
    const [left, right] = pair();
    const selector = new Selector();
    selector.register(right, EVENT_READ);
    expect(() => selector.selectSync()).toThrow(expect.objectContaining({ name: 'BlockingNotAllowedError' }));
    expect(selector.selectSync({ timeout: 0 })).toEqual([]);
    const before = allowMainThreadBlocking();
    const start = performance.now();
    expect(selector.selectSync({ timeout: 120 })).toEqual([]);
    expect(performance.now() - start).toBeGreaterThanOrEqual(120);
    allowMainThreadBlocking(before);
    selector.close();
    const actor = startActor();
    const there = actor.run(
      (t, events: typeof Lib) => {
        const selector = new events[t.name as 'PollSelector']();
        selector.register(t.fd, events.EVENT_READ);
        return selector.selectSync().map(([{ fd }, found]) => [fd, found]);
      },
      { name: Selector.name, fd: right.fd },
    );
    left.send('x');
    expect(await there).toEqual([[right.fd, EVENT_READ]]);
  });

  it('SEL-12 a thread in selectSync can be ended', async () => {
    const [, right] = pair();
    const seen = new Int32Array(new SharedArrayBuffer(4));
    const actor = startActor();
    const forEver = actor.run(
      (t, events: typeof Lib) => {
        const selector = new events[t.name as 'PollSelector']();
        selector.register(t.fd, events.EVENT_READ);
        t.seen[0] = 1;
        return selector.selectSync();
      },
      { name: Selector.name, fd: right.fd, seen },
    );
    await until(() => expect(seen[0]).toBe(1));
    await actor.kill();
    await expect(forEver).rejects.toThrow('the actor has ended');
  });

  it('SEL-16 a connection that was torn off is reported', async () => {
    const [door, client] = [new RawSocket(), new RawSocket({ blocking: false })];
    opened.push(door, client);
    door.bind(0);
    door.listen();
    const selector = new Selector();
    expect(() => client.connect(door.port)).toThrow(expect.objectContaining({ code: 'EINPROGRESS' }));
    const key = selector.register(client, EVENT_WRITE);
    expect(await selector.select()).toEqual([[key, EVENT_WRITE]]);
    client.finishConnect();
    const there = door.accept();
    client.send('unread');
    selector.modify(client, EVENT_READ);
    const waiting = selector.select();
    there.close();
    expect((await waiting)[0]![1]).toBe(EVENT_READ);
    expect(() => client.recv()).toThrow(expect.objectContaining({ name: 'BrokenPipeError', code: 'ECONNRESET' }));
    selector.close();
  });

  it('SEL-15 a signal does not end selectSync early', async () => {
    const { stdout } = await run(process.execPath, [fixture('select-and-signal.mjs'), Selector.name]);
    expect(stdout).toBe('nothing, in time, 1 signal\n');
  });

  it('NOD-01 a pending select keeps the process alive, an idle selector does not', async () => {
    const { stdout } = await run(process.execPath, [fixture('select-for-ever.mjs'), Selector.name]);
    expect(stdout.trim()).toBe('1');
  });

  it('SEL-02 without koffi, says what it needs', async () => {
    const { stdout } = await run(process.execPath, [fixture('without-koffi.mjs'), Selector.name]);
    expect(stdout).toMatch(
      new RegExp(
        `^ERR_SYSTEM_CALLS_UNAVAILABLE Cannot make an? ${Selector.name}: that needs Linux and the package koffi; .*DefaultSelector`,
      ),
    );
    expect(stdout).toContain('DefaultSelector works');
  });
});

describe.each([SelectSelector, PollSelector])('%o', (Selector) => {
  it('SEL-05 sees what was closed while it is registered', async () => {
    const selector = new Selector();
    const [left] = pair();
    const { fd } = left;
    selector.register(left, EVENT_READ);
    left.close();
    await expect(selector.select()).rejects.toMatchObject({
      name: 'ClosedError',
      code: 'EBADF',
      message: expect.stringContaining(`descriptor ${fd}`),
    });
    selector.unregister(left);
    expect(await selector.select({ timeout: 0 })).toEqual([]);
    selector.close();
  });

  it('SEL-09 a file is always ready', async () => {
    await withFile(async (fd) => {
      const selector = new Selector();
      const key = selector.register(fd, EVENT_READ | EVENT_WRITE);
      expect(await selector.select()).toEqual([[key, EVENT_READ | EVENT_WRITE]]);
      selector.close();
    });
  });
});

it('SEL-05 EpollSelector: the kernel forgets what was closed, and says nothing', async () => {
  const selector = new EpollSelector();
  const [left] = pair();
  selector.register(left, EVENT_READ | EVENT_WRITE);
  left.close();
  expect(await selector.select({ timeout: 5 })).toEqual([]);
  selector.unregister(left);
  selector.close();
});

it('SEL-02 EpollSelector: refuses files', async () => {
  await withFile(async (fd) => {
    const selector = new EpollSelector();
    expect(() => selector.register(fd, EVENT_READ)).toThrow(expect.objectContaining({ code: 'EPERM' }));
    expect(selector.getMap().size).toBe(0);
    selector.close();
  });
});

describe('SEL-17 2,000 connections', { timeout: 60_000 }, () => {
  it.each([PollSelector, EpollSelector])('SEL-17 %o reports exactly the ready ones', async (Selector) => {
    const selector = new Selector<RawSocket, number>();
    const pairs = Array.from({ length: 2_000 }, pair);
    for (const [at, [left]] of pairs.entries()) selector.register(left, EVENT_READ, at);
    const chosen = [0, 511, 1_024, 1_999];
    for (const at of chosen) pairs[at]![1].send('x');
    const seen = async (): Promise<number[]> =>
      (await selector.select()).map(([{ data }]) => data).sort((a, b) => a - b);
    expect(await seen()).toEqual(chosen);
    for (const at of chosen) pairs[at]![0].recv();
    expect(await selector.select({ timeout: 5 })).toEqual([]);
    // From the middle, so that the others have to move up.
    for (let at = 500; at < 1_500; at++) selector.unregister(pairs[at]![0]);
    for (const at of chosen) pairs[at]![1].send('y');
    expect(await seen()).toEqual([0, 1_999]);
    for (let at = 500; at < 1_500; at++) selector.register(pairs[at]![0], EVENT_READ, at);
    for (const [, right] of pairs) right.send('z');
    expect(await seen()).toEqual(pairs.map((_, at) => at));
    selector.close();
  });

  it('SEL-17 SelectSelector refuses the 1,025th descriptor', async () => {
    const selector = new SelectSelector<RawSocket>();
    const sockets = Array.from({ length: 600 }, pair).flat();
    const low = sockets.filter(({ fd }) => fd < 1_024);
    const high = sockets.find(({ fd }) => fd >= 1_024)!;
    for (const socket of low) selector.register(socket, EVENT_READ);
    expect(() => selector.register(high, EVENT_READ)).toThrow(
      new RangeError(
        `Cannot watch descriptor ${high.fd} with select: its sets end at 1023; take a PollSelector or EpollSelector`,
      ),
    );
    const last = low.at(-1)!;
    const peer = sockets[sockets.indexOf(last) ^ 1]!;
    peer.send('x');
    expect((await selector.select()).map(([{ fd }]) => fd)).toEqual([last.fd]);
    selector.close();
  });
});

async function withFile(body: (fd: number) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'events-'));
  const file = join(folder, 'file');
  const fd = openSync(file, 'w+');
  try {
    await body(fd);
  } finally {
    closeSync(fd);
    unlinkSync(file);
    rmdirSync(folder);
  }
}
