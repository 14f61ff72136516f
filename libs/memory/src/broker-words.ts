/**
 * Words of one process that others use through its broker.
 *
 *     maker    thread ── Atomics ── [ row ] ── Atomics ── broker thread
 *                                                          │ socket
 *     other    thread ── blocks ── client thread ──────────┘
 *
 * The row is words of threads. The maker has them as cheap as those; everybody else, the maker's other threads too, pays
 * a round trip for each operation. The order of waiters is that of `Atomics`, since the broker waits for its clients.
 */
import { webcrypto } from 'node:crypto';
import process from 'node:process';
import { isMainThread, type Worker } from 'node:worker_threads';
import { NotSupportedError } from '@interleave/core';
import { checkLength } from './atomic-words.js';
import { brokerAddress, sweepBrokers } from './broker-address.js';
import type { BrokerStart } from './broker-protocol.js';
import { brokerSelf, clientOf } from './broker-client.js';
import { brokerThread } from './broker-thread.js';
import { registerGround } from './open-words.js';
import { RemoteWords } from './remote-words.js';
import { letTravel } from './shared-words.js';
import { ThreadWords } from './thread-words.js';
import type { Participant, Words, WordsHandle } from './words.js';

const GROUND = 'broker';

/** The most threads and processes that can be connected to one broker. */
const PLACES = 4_096;
/** Milliseconds that a broker may take to begin. */
const PATIENCE = 10_000;

interface BrokerWordsHandle extends WordsHandle {
  readonly address: string;
  readonly key: readonly number[];
  readonly row: number;
  readonly length: number;
}

/** Words of this thread; its broker starts with the first. */
export function brokerWords(length: number): Words {
  checkLength(length);
  broker ??= new Broker();
  return broker.add(new Int32Array(new SharedArrayBuffer(length * Int32Array.BYTES_PER_ELEMENT)));
}

let broker: Broker | undefined;

class Broker {
  readonly #address: string;
  readonly #key = [...webcrypto.getRandomValues(new Int32Array(4))];
  readonly #living = new Int32Array(new SharedArrayBuffer(PLACES * Int32Array.BYTES_PER_ELEMENT));
  /** See {@link BrokerStart}. */
  readonly #rows = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)).fill(-1);
  readonly #made: BrokerWords[] = [];
  readonly #worker: Worker;

  constructor() {
    this.#address = brokerAddress(webcrypto.randomUUID().replaceAll('-', ''));
    this.#living[0] = brokerSelf();
    if (!/^[\\\0]/.test(this.#address)) sweepBrokers();
    const start: BrokerStart = { address: this.#address, key: this.#key, living: this.#living, rows: this.#rows };
    this.#worker = brokerThread('broker', start);
    this.#worker.unref();
  }

  add(row: Int32Array): BrokerWords {
    const words = new BrokerWords(row, this, this.#made.length);
    this.#made.push(words);
    this.#worker.postMessage(row);
    return words;
  }

  /** The words of a handle, if they were made here. */
  find({ address, row }: BrokerWordsHandle): BrokerWords | undefined {
    return address === this.#address ? this.#made[row] : undefined;
  }

  has(participant: Participant): boolean {
    return participant > 0 && this.#living.includes(participant);
  }

  /** Blocks until the broker knows the row: who gets the handle may be faster than it. */
  handleOf(row: number, length: number): BrokerWordsHandle {
    for (;;) {
      const known = Atomics.load(this.#rows, 0);
      if (known > row) break;
      const late = Atomics.wait(this.#rows, 0, known, PATIENCE) === 'timed-out';
      if (late || known < -1) throw new NotSupportedError('Cannot share words: their broker does not begin to listen');
    }
    return { ground: GROUND, address: this.#address, key: this.#key, row, length };
  }
}

class BrokerWords extends ThreadWords {
  static {
    letTravel(this);
  }

  readonly #broker: Broker;
  readonly #number: number;

  constructor(row: Int32Array, broker: Broker, number: number) {
    super(row);
    this.#broker = broker;
    this.#number = number;
  }

  override self(): Participant {
    return brokerSelf();
  }

  override isAlive(participant: Participant): boolean {
    return this.#broker.has(participant);
  }

  override handle(): WordsHandle {
    return this.#broker.handleOf(this.#number, this.length);
  }
}

registerGround(GROUND, (handle) => {
  const there = handle as BrokerWordsHandle;
  return broker?.find(there) ?? new RemoteWords(clientOf(there.address, there.key), there.row, there.length, there);
});

if (isMainThread && !['linux', 'win32'].includes(process.platform)) {
  process.on('exit', () => sweepBrokers(undefined, true));
}
