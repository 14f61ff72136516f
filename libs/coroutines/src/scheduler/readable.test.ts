import { ClosedError } from '@interleave/core';
import { expectNothingLeft } from '@interleave/testing';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { readable, writable } from './readable.js';
import { Scheduler } from './scheduler.js';
import { promised } from './promised.js';
import type { Coroutine } from './task.js';

test('an echo by tasks: they wait for a socket, and others go on meanwhile', async () => {
  await expectNothingLeft(async () => {
    const scheduler = new Scheduler();
    const echo = function* (socket: Socket): Coroutine<void> {
      for (;;) {
        yield readable(socket);
        const bytes = socket.read() as Buffer | null;
        if (bytes === null) break;
        yield writable(socket);
        socket.write(bytes);
      }
      socket.end();
    };
    const server = createServer({ allowHalfOpen: true }, (socket) => void scheduler.spawn(echo(socket)));
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    let turns = 0;
    const text = await scheduler.run(function* () {
      const socket = connect(port, '127.0.0.1');
      let over = false;
      scheduler.spawn(function* () {
        for (; !over; turns++) yield;
      });
      socket.end('x'.repeat(300_000));
      let length = 0;
      for (;;) {
        yield* readable(socket);
        const bytes = socket.read() as Buffer | null;
        if (bytes === null) break;
        length += bytes.length;
      }
      over = true;
      yield* promised(new Promise((resolve) => server.close(resolve)));
      return length;
    });
    expect(text).toBe(300_000);
    expect(turns).toBeGreaterThan(10);
  });
});

test('a stream that is closed or fails is told in the task; a cancelled wait leaves no listener', async () => {
  const scheduler = new Scheduler();
  const gone = new PassThrough().destroy();
  const failing = new PassThrough();
  const quiet = new PassThrough();
  const full = new PassThrough({ highWaterMark: 1 });
  full.write('much');
  const tasks = [
    readable(gone),
    writable(gone),
    readable(failing),
    readable(quiet),
    writable(full),
    readable(full),
  ].map((wait) =>
    scheduler.spawn(function* () {
      yield wait;
    }),
  );
  const ends = tasks.map((task) => task.promise().catch((error: unknown) => error));
  await scheduler.run(function* () {
    yield;
    failing.destroy(new RangeError('wire'));
    tasks[3]?.cancel();
    yield;
    full.destroy();
  });
  const [a, b, c, , e, f] = await Promise.all(ends);
  for (const each of [a, b, e]) expect(each).toBeInstanceOf(ClosedError);
  expect([c, tasks[3]?.state, f]).toEqual([new RangeError('wire'), 'cancelled', undefined]);
  expect(['readable', 'end', 'error', 'close'].map((event) => quiet.listenerCount(event))).toEqual(
    ['readable', 'end', 'error', 'close'].map((event) => new PassThrough().listenerCount(event)),
  );
});
