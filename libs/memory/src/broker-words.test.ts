import { mkdtempSync, readFileSync, readdirSync, rmdirSync, unlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { SharedMemoryNotFoundError } from '@interleave/core';
import { afterEach, expect, test, vi } from 'vitest';
import { brokerAddress, sweepBrokers } from './broker-address.js';
import { frame, operations } from './broker-protocol.js';
import { brokerWords } from './broker-words.js';
import { Participant, participant, type Route } from './fixtures/participant.js';
import { openWords, type Words } from './index.js';
import { wordsContract } from './words.contract.js';

const started: Participant[] = [];

async function share(words: Pick<Words, 'handle'>, route: Route): Promise<Participant> {
  const other = await participant(route, words.handle());
  started.push(other);
  return other;
}

afterEach(async () => {
  await Promise.all(started.splice(0).map((each) => each.end()));
});

wordsContract({
  make: brokerWords,
  travel: (handle) => JSON.parse(JSON.stringify(handle)),
  routes: [['process'], ['thread'], ['process', 'thread'], ['process', 'process']],
  // Each takes 45 µs and more, and the broker does them one by one.
  increments: 20_000,
  expression: "memory.processWords(1, { ground: 'broker' })",
});

test.each([
  ['process', 'SIGKILL'],
  ['process', 'SIGTERM'],
  ['process', 'exit'],
  ['thread', 'exit'],
] as const)('MEM-15 words end with the %s that made them, by %s, and nothing is left', async (kind, how) => {
  const maker = await share(brokerWords(1), [kind]);
  const handle = await maker.call('make', 'broker', 2);
  const [blocks, listens] = await Promise.all([
    share({ handle: () => handle }, ['process']),
    share({ handle: () => handle }, ['process']),
  ]);
  const blocked = blocks.call('wait', 0, 0);
  const failed = expect(blocked).rejects.toThrow('ClosedError');
  await listens.call('begin', 'one', 0, 0);
  const ended = expect(listens.call('ended', 'one')).rejects.toThrow('ClosedError');
  maker.call('leave', how).catch(() => {});
  await maker.gone;
  await Promise.all([failed, ended]);
  await expect(listens.call('load', 0)).rejects.toThrow('ClosedError');
  await expect(listens.call('waitAsync', 0, 0)).rejects.toThrow('ClosedError');
  expect(() => openWords(handle)).toThrow(SharedMemoryNotFoundError);
  if (process.platform === 'linux')
    expect(readFileSync('/proc/net/unix', 'utf8')).not.toContain(handle.address.slice(1));
});

test.each([['process'], ['thread']] as Route[])('MEM-16 F22 a wake-up passes over the dead: a %s', async (...route) => {
  const words = brokerWords(1);
  const [blocks, listens] = await Promise.all([share(words, route), share(words, route)]);
  blocks.call('wait', 0, 0).catch(() => {});
  await listens.call('begin', 'first', 0, 0);
  const ours = words.waitAsync(0, 0);
  await Promise.all([blocks.end(), listens.end()]);
  words.notify(0, 1);
  expect(await ours).toBe('ok');
});

test('MEM-19 who has no key gets nothing', async () => {
  const words = brokerWords(1);
  const handle = words.handle() as any;
  const stranger = new Participant(['process']);
  started.push(stranger);
  await stranger.ready;
  await expect(stranger.call('open', { ...handle, key: [1, 2, 3, 4] })).rejects.toThrow('SharedMemoryNotFoundError');
  for (const first of [
    frame(operations.hello, 7, 1, 2, 3, 4),
    frame(operations.store, 0, 0, 5, 0, 0),
    frame(0, 0, 0, 0, 0, 0),
  ]) {
    const socket = connect(handle.address);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => {}).write(first);
    await closed;
  }
  expect([words.load(0), words.isAlive(7)]).toEqual([0, false]);
  expect(await (await share(words, ['process'])).call('load', 0)).toBe(0);
});

test('MEM-19 F23 a client that ends in the middle of a request changes nothing, and holds nobody up', async () => {
  const words = brokerWords(1);
  const { address, key } = words.handle() as any;
  const store = frame(operations.store, 0, 0, 5, 0, 0);
  const other = await share(words, ['process']);
  for (let bytes = 0; bytes < store.length; bytes++) {
    const who = 1_000 + bytes;
    const socket = connect(address);
    socket.write(frame(operations.hello, who, ...key));
    await new Promise((resolve) => socket.once('data', resolve));
    expect(words.isAlive(who)).toBe(true);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.end(store.subarray(0, bytes));
    await closed;
    await vi.waitFor(() => expect(words.isAlive(who)).toBe(false), { interval: 1, timeout: 5_000 });
    expect(await other.call('load', 0)).toBe(0);
  }
});

test('MEM-19 a client who asks for a row that is none loses its connection, and the others theirs not', async () => {
  const words = brokerWords(1);
  const other = await share(words, ['process']);
  const wrong = await share({ handle: () => ({ ...words.handle(), row: 999 }) as any }, ['process']);
  await expect(wrong.call('load', 0)).rejects.toThrow('ClosedError');
  expect(await other.call('add', 0, 1)).toBe(0);
});

test('MEM-15 addresses are files only where they must be, and those of the dead are swept', async () => {
  expect(brokerAddress('x', 'linux')).toBe(`\0interleave-${process.pid}-x`);
  expect(brokerAddress('x', 'win32')).toBe(`\\\\.\\pipe\\interleave-${process.pid}-x`);
  expect(brokerAddress('x', 'darwin')).toBe(join(tmpdir(), `interleave-${process.pid}-x.sock`));
  const dead = await share(brokerWords(1), ['process']);
  const pid = await dead.call('pid');
  await dead.end();
  const folder = mkdtempSync(join(tmpdir(), 'sweep-'));
  const names = [
    `interleave-${pid}-a1.sock`,
    `interleave-${process.pid}-b2.sock`,
    'interleave-1-c3.sock',
    'other.sock',
  ];
  for (const name of names) writeFileSync(join(folder, name), '');
  sweepBrokers(folder);
  expect(readdirSync(folder).sort()).toEqual(names.slice(1).sort());
  sweepBrokers(folder, true);
  expect(readdirSync(folder).sort()).toEqual(names.slice(2).sort());
  for (const name of names.slice(2)) unlinkSync(join(folder, name));
  rmdirSync(folder);
});

test('MEM-08 the connection of a thread that ends is closed', async () => {
  const words = brokerWords(1);
  const other = await share(words, ['thread']);
  const number = await other.call('self');
  expect(words.isAlive(number)).toBe(true);
  await other.end();
  await vi.waitFor(() => expect(words.isAlive(number)).toBe(false), { interval: 1, timeout: 5_000 });
});
