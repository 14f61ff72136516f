/**
 * The thread that works on words for other processes. It has an event loop of its own, so that nobody depends on what
 * the maker's loop is busy with; the maker itself works on the same memory directly.
 */
import { createServer, type Socket } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import {
  ALL,
  ANSWER,
  REQUEST_LENGTH,
  WOKEN,
  frame,
  frameReader,
  operations,
  type BrokerStart,
} from '../broker-protocol.js';
import { ThreadWords } from '../thread-words.js';
import type { Words } from '../words.js';

interface Waiter {
  readonly words: Words;
  readonly index: number;
  readonly aborting: AbortController;
  woken: boolean;
}

const { address, key, living, rows } = workerData as BrokerStart;
const known: Words[] = [];

parentPort!.on('message', (row: Int32Array) => {
  known.push(new ThreadWords(row));
  Atomics.store(rows, 0, known.length);
  Atomics.notify(rows, 0);
});

const server = createServer({ noDelay: true }, serve);
server.listen(address, () => {
  Atomics.store(rows, 0, known.length);
  Atomics.notify(rows, 0);
});
server.on('error', () => {
  Atomics.store(rows, 0, -2);
  Atomics.notify(rows, 0);
});

function serve(socket: Socket): void {
  const waiters = new Map<number, Waiter>();
  let who = 0;

  const begin = (row: number, index: number, expected: number, name: number): number => {
    const words = known[row]!;
    const aborting = new AbortController();
    const answer = words.waitAsync(index, expected, { signal: aborting.signal });
    if (typeof answer === 'string') return 0;
    const waiter: Waiter = { words, index, aborting, woken: false };
    waiters.set(name, waiter);
    void answer.then((how) => {
      if (how !== 'ok') return;
      waiter.woken = true;
      // The connection was closed in between, and nobody looks after it any more.
      if (waiters.get(name) !== waiter) words.notify(index, 1);
      else socket.write(frame(WOKEN, name));
    });
    return 1;
  };

  const leave = (name: number): number => {
    const waiter = waiters.get(name);
    waiters.delete(name);
    if (waiter === undefined || waiter.woken) return 1;
    waiter.aborting.abort();
    return 0;
  };

  const operate = (operation: number, row: number, index: number, a: number, b: number): number => {
    switch (operation) {
      case operations.wait:
        return begin(row, index, a, b);
      case operations.leave:
        return leave(a);
      case operations.isAlive:
        return living.includes(a) ? 1 : 0;
      case operations.load:
        return known[row]!.load(index);
      case operations.store:
        known[row]!.store(index, a);
        return 0;
      case operations.add:
        return known[row]!.add(index, a);
      case operations.exchange:
        return known[row]!.exchange(index, a);
      case operations.compareExchange:
        return known[row]!.compareExchange(index, a, b);
      case operations.notify:
        return known[row]!.notify(index, a === ALL ? undefined : a);
      default:
        throw new Error(`Cannot do operation ${operation}`);
    }
  };

  const read = frameReader(REQUEST_LENGTH, ([operation = 0, row = 0, index = 0, a = 0, b = 0, c = 0]) => {
    if (who === 0) {
      // The address is no secret, the key is.
      const allowed = operation === operations.hello && [index, a, b, c].every((word, place) => word === key[place]);
      if (!allowed || !enter(row)) throw new Error('Not allowed in');
      who = row;
      socket.write(frame(ANSWER, 0));
    } else if (operation === operations.heard) {
      waiters.delete(a);
    } else {
      socket.write(frame(ANSWER, operate(operation, row, index, a, b)));
    }
  });
  socket.on('data', (bytes) => {
    try {
      read(bytes);
    } catch {
      // Whoever speaks another language is not one of us.
      socket.destroy();
    }
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    const place = living.indexOf(who);
    if (who !== 0 && place !== -1) Atomics.store(living, place, 0);
    for (const { words, index, aborting, woken } of waiters.values()) {
      if (woken) words.notify(index, 1);
      else aborting.abort();
    }
    waiters.clear();
  });
}

function enter(who: number): boolean {
  const place = living.indexOf(0);
  if (who <= 0 || place === -1 || living.includes(who)) return false;
  Atomics.store(living, place, who);
  return true;
}
