/**
 * The connection to a broker, for a thread that has to block until the broker has answered. It blocks in `Atomics.wait`,
 * so its own event loop cannot be the one that reads the socket. It writes to the socket itself where that has a descriptor.
 */
import { Socket } from 'node:net';
import process from 'node:process';
import { parentPort, workerData } from 'node:worker_threads';
import {
  ANSWER,
  ANSWER_LENGTH,
  BLOCKED,
  CLOSED,
  CONNECTING,
  DESCRIPTOR,
  OPEN,
  STATE,
  TURN,
  VALUE,
  WRITING,
  frame,
  frameReader,
  operations,
  type ClientStart,
} from '../broker-protocol.js';

const { address, key, who, shared } = workerData as ClientStart;

/** Milliseconds; a thread that was torn out of a write says that it writes for ever. */
const PATIENCE = 1_000;

class Connection extends Socket {
  /** Before the descriptor is closed, nobody may write to it any more. */
  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    Atomics.store(shared, STATE, CLOSED);
    const due = performance.now() + PATIENCE;
    while (Atomics.load(shared, WRITING) === 1 && performance.now() < due);
    super._destroy(error, done);
  }
}

const read = frameReader(ANSWER_LENGTH, ([kind, value = 0]) => {
  if (kind === ANSWER) answer(value);
  else woken(value);
});
const socket = new Connection();
socket.on('data', read);
socket.on('connect', () => {
  const { _handle: handle } = socket as { readonly _handle?: { readonly fd?: number } };
  Atomics.store(shared, DESCRIPTOR, Math.max(handle?.fd ?? 0, 0));
});
socket.connect(address);
socket.setNoDelay(true);
socket.write(frame(operations.hello, who, ...key));
parentPort!.on('message', (request: readonly number[]) => socket.write(frame(...request)));

socket.on('error', () => {});
socket.on('close', () => {
  Atomics.store(shared, STATE, CLOSED);
  answer(0);
  Atomics.store(shared, BLOCKED, 0);
  Atomics.notify(shared, BLOCKED);
  process.exit();
});

function answer(value: number): void {
  Atomics.compareExchange(shared, STATE, CONNECTING, OPEN);
  Atomics.store(shared, VALUE, value);
  Atomics.add(shared, TURN, 1);
  Atomics.notify(shared, TURN);
}

function woken(waiter: number): void {
  if (Atomics.compareExchange(shared, BLOCKED, waiter, 0) === waiter) Atomics.notify(shared, BLOCKED);
  else parentPort!.postMessage(waiter);
  socket.write(frame(operations.heard, 0, 0, waiter, 0, 0));
}
