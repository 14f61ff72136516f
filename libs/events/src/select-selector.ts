import { callError } from './call-error.js';
import type { Descriptor } from './descriptor.js';
import { DescriptorSelector } from './descriptor-selector.js';
import type { Poller } from './poller.js';
import { EVENT_READ, EVENT_WRITE } from './selector.js';
import { EBADF, EINTR, systemCalls, type SystemCalls } from './system-calls.js';

/** Descriptors from here on have no bit in the sets of select(2), whatever the system's other limits are. */
const LIMIT = 1_024;
const BYTES = LIMIT / 8;
const GET_FLAGS = 1;

/**
 * Tells which of many descriptors are ready, by select(2): each wait hands the kernel three sets of 1,024 bits, and the kernel
 * asks each one up to the highest number. The oldest of the three, everywhere to be found, and the only one with a limit.
 *
 * @example
 * ```ts
 * const selector = new SelectSelector<RawSocket>();
 * selector.register(socket, EVENT_READ);
 * console.log(await selector.select({ timeout: 500 }));
 * selector.close();
 * ```
 */
export class SelectSelector<F extends Descriptor = Descriptor, D = unknown> extends DescriptorSelector<F, D> {
  /** @throws {NotSupportedError} on other systems than Linux, and without koffi */
  constructor() {
    const calls = systemCalls('make a SelectSelector');
    super(calls, new BitSets(calls));
  }
}

class BitSets implements Poller {
  readonly #calls: SystemCalls;
  readonly #watched = new Map<number, number>();
  readonly #reading = new Uint8Array(BYTES);
  readonly #writing = new Uint8Array(BYTES);
  /** The kernel writes its answer over the question. */
  readonly #readable = new Uint8Array(BYTES);
  readonly #writable = new Uint8Array(BYTES);
  readonly #timeout = new BigInt64Array(2);

  constructor(calls: SystemCalls) {
    this.#calls = calls;
  }

  add(fd: number, events: number): void {
    if (fd >= LIMIT) {
      throw new RangeError(
        `Cannot watch descriptor ${fd} with select: its sets end at ${LIMIT - 1}; take a PollSelector or EpollSelector`,
      );
    }
    this.change(fd, events);
  }

  change(fd: number, events: number): void {
    this.#watched.set(fd, events);
    mark(this.#reading, fd, (events & EVENT_READ) !== 0);
    mark(this.#writing, fd, (events & EVENT_WRITE) !== 0);
  }

  remove(fd: number): void {
    this.change(fd, 0);
    this.#watched.delete(fd);
  }

  wait(timeout: number): [fd: number, events: number][] {
    this.#readable.set(this.#reading);
    this.#writable.set(this.#writing);
    this.#timeout[0] = BigInt(Math.floor(timeout / 1_000));
    this.#timeout[1] = BigInt((timeout % 1_000) * 1_000);
    const count = this.#calls.select(this.#end(), this.#readable, this.#writable, null, this.#timeout);
    if (count === 0 || count === -EINTR) return [];
    if (count < 0) throw this.#failed(-count);
    const ready: [number, number][] = [];
    for (const fd of this.#watched.keys()) {
      const events = (has(this.#readable, fd) ? EVENT_READ : 0) | (has(this.#writable, fd) ? EVENT_WRITE : 0);
      if (events !== 0) ready.push([fd, events]);
    }
    return ready;
  }

  close(): void {}

  /** One above the highest descriptor. */
  #end(): number {
    for (let byte = BYTES - 1; byte >= 0; byte--) {
      if (((this.#reading[byte] as number) | (this.#writing[byte] as number)) !== 0) return 8 * byte + 8;
    }
    return 0;
  }

  /** The call says that one was closed; which, the descriptors say. */
  #failed(errno: number): Error {
    const closed = [...this.#watched.keys()].find((fd) => this.#calls.isOpen(fd, GET_FLAGS) < 0);
    return errno === EBADF && closed !== undefined
      ? callError(`wait for descriptor ${closed} with select`, errno)
      : callError('wait with select', errno);
  }
}

function mark(set: Uint8Array, fd: number, on: boolean): void {
  const [byte, bit] = [fd >> 3, 1 << (fd & 7)];
  set[byte] = on ? (set[byte] as number) | bit : (set[byte] as number) & ~bit;
}

function has(set: Uint8Array, fd: number): boolean {
  return ((set[fd >> 3] as number) & (1 << (fd & 7))) !== 0;
}
