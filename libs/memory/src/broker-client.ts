import { webcrypto } from 'node:crypto';
import { writeSync } from 'node:fs';
import type { Worker } from 'node:worker_threads';
import { ClosedError, SharedMemoryNotFoundError } from '@interleave/core';
import {
  BLOCKED,
  CLIENT_LENGTH,
  DESCRIPTOR,
  OPEN,
  STATE,
  TURN,
  VALUE,
  WRITING,
  frame,
  operations,
  type ClientStart,
} from './broker-protocol.js';
import { brokerThread } from './broker-thread.js';
import type { Participant } from './words.js';

let own: Participant | undefined;

/** This thread, for brokers: a number by chance, since no broker knows what others give out. */
export function brokerSelf(): Participant {
  own ??= webcrypto.getRandomValues(new Int32Array(1))[0]! & 0x7fff_ffff || 1;
  return own;
}

const clients = new Map<string, BrokerClient>();

/**
 * This thread's client of a broker; connects at the first call.
 *
 * @throws {SharedMemoryNotFoundError} if nobody listens there
 */
export function clientOf(address: string, key: readonly number[]): BrokerClient {
  const known = clients.get(address);
  if (known !== undefined && known.isOpen) return known;
  const client = new BrokerClient(address, key);
  clients.set(address, client);
  return client;
}

/** What a wait is told: it was woken, or the broker is gone. */
export interface Listener {
  woken(): void;
  failed(error: Error): void;
}

/** One thread's connection to a broker. */
export class BrokerClient {
  readonly #shared = new Int32Array(new SharedArrayBuffer(CLIENT_LENGTH * Int32Array.BYTES_PER_ELEMENT));
  readonly #worker: Worker;
  readonly #listeners = new Map<number, Listener>();
  #waiters = 0;
  /** Requests so far; the first was to be let in. */
  #calls = 1;
  /** The wait in which this thread blocks; Ctrl-C leaves it without a `finally`. */
  #blocked: { readonly row: number; readonly index: number; readonly waiter: number } | undefined;

  constructor(address: string, key: readonly number[]) {
    const start: ClientStart = { address, key, who: brokerSelf(), shared: this.#shared };
    this.#worker = brokerThread('broker-client', start);
    this.#worker.on('message', (waiter: number) => this.#listeners.get(waiter)?.woken());
    this.#worker.on('exit', () => {
      for (const listener of this.#listeners.values()) listener.failed(gone());
    });
    // After the listeners: one for messages would hold the process again.
    this.#worker.unref();
    Atomics.wait(this.#shared, TURN, 0);
    if (this.isOpen) return;
    throw new SharedMemoryNotFoundError(
      'Cannot open words: their broker does not answer; keep the process that made them alive while others begin',
    );
  }

  get isOpen(): boolean {
    return Atomics.load(this.#shared, STATE) === OPEN;
  }

  /**
   * Blocks until the broker has answered.
   *
   * @throws {ClosedError} if the broker is gone
   */
  call(operation: keyof typeof operations, row: number, index: number, a = 0, b = 0): number {
    if (!this.isOpen) throw gone();
    this.#send([operations[operation], row, index, a, b, 0]);
    // Counted, and not "the next answer": Ctrl-C in a notebook may have torn this thread out of an earlier call.
    const mine = (this.#calls = (this.#calls + 1) | 0);
    for (let turn = this.#turn(); ((turn - mine) | 0) < 0; turn = this.#turn()) {
      if (!this.isOpen) throw gone();
      Atomics.wait(this.#shared, TURN, turn);
    }
    if (!this.isOpen) throw gone();
    return Atomics.load(this.#shared, VALUE);
  }

  /** Blocks until woken; whether it was, or undefined if the word is another one. */
  block(row: number, index: number, expected: number, timeout: number): boolean | undefined {
    this.#leaveAbandoned();
    const waiter = this.#nextWaiter();
    Atomics.store(this.#shared, BLOCKED, waiter);
    if (this.call('wait', row, index, expected, waiter) === 0) return undefined;
    this.#blocked = { row, index, waiter };
    Atomics.wait(this.#shared, BLOCKED, waiter, timeout);
    this.#blocked = undefined;
    if (this.isOpen && Atomics.compareExchange(this.#shared, BLOCKED, waiter, 0) === 0) return true;
    return this.call('leave', row, index, waiter) === 1;
  }

  /** A wake-up that reached a wait whose thread was torn out of it goes to the next. */
  #leaveAbandoned(): void {
    if (this.#blocked === undefined) return;
    const { row, index, waiter } = this.#blocked;
    this.#blocked = undefined;
    if (this.call('leave', row, index, waiter) === 1) this.call('notify', row, index, 1);
  }

  /**
   * Begins to wait.
   *
   * @returns ends the wait and says whether it had been woken; undefined if the word is another one
   */
  listen(row: number, index: number, expected: number, listener: Listener): (() => boolean) | undefined {
    const waiter = this.#nextWaiter();
    this.#listeners.set(waiter, listener);
    if (this.call('wait', row, index, expected, waiter) === 1) {
      return () => {
        this.#listeners.delete(waiter);
        return this.isOpen && this.call('leave', row, index, waiter) === 1;
      };
    }
    this.#listeners.delete(waiter);
    return undefined;
  }

  /**
   * Writes to the socket of the client's thread, which has not to be woken then. It closes the socket only while nobody
   * writes: the descriptor might come to mean another file.
   */
  #send(request: readonly number[]): void {
    const descriptor = Atomics.load(this.#shared, DESCRIPTOR);
    if (descriptor === 0) return this.#worker.postMessage(request);
    Atomics.store(this.#shared, WRITING, 1);
    try {
      if (!this.isOpen) throw gone();
      this.#write(descriptor, frame(...request));
    } finally {
      Atomics.store(this.#shared, WRITING, 0);
    }
  }

  #write(descriptor: number, bytes: Buffer): void {
    for (let from = 0; from < bytes.length;) {
      try {
        from += writeSync(descriptor, bytes, from);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw gone();
        // The broker has much to read; WRITING is 1, so this is a sleep.
        Atomics.wait(this.#shared, WRITING, 1, 1);
      }
    }
  }

  #turn(): number {
    return Atomics.load(this.#shared, TURN);
  }

  #nextWaiter(): number {
    this.#waiters = (this.#waiters % 0x7fff_ffff) + 1;
    return this.#waiters;
  }
}

function gone(): ClosedError {
  return new ClosedError('Cannot reach the words: the process or thread that made them has ended');
}
