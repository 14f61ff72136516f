/**
 * A socket without an event loop around it: each method is one call of the system, and says what the system says.
 *
 *     net.Socket                    RawSocket
 *     write, 'data', 'drain'        send, recv, EAGAIN
 *     the loop waits for you        you wait, with a selector, or block
 *
 * It is here to show what the loop does below, and to feed the selectors for descriptors. For work, take `node:net`.
 */
import { checkMayBlock } from '@interleave/memory';
import { callError } from './call-error.js';
import { EAGAIN, EBADF, EINTR, systemCalls, type SystemCalls } from './system-calls.js';

const [INTERNET, STREAM] = [2, 1];
/** Non-blocking, and closed in programs that this one starts. */
export const SOCKET_FLAGS: number = 0o4000 | 0o2000000;
const [SOL_SOCKET, SO_ERROR] = [1, 4];
/** A send to nobody is an error, and not a signal that ends the process. */
const NO_SIGNAL = 0x4000;
const EINPROGRESS = 115;
const [POLL_IN, POLL_OUT] = [1, 4];
const LOCALHOST = [127, 0, 0, 1] as const;
const ADDRESS_SIZE = 16;
/** Bytes that `recv` takes, if it is not told otherwise. */
const MOST = 65_536;
/** Milliseconds. A thread hears of its end between two slices only. */
const SLICE = 50;

/** Options of {@link RawSocket}. */
export interface RawSocketOptions {
  /** Whether calls that would have to wait do so and block the thread. Default: false, they fail with `EAGAIN`. */
  readonly blocking?: boolean;
  /** The descriptor of a non-blocking socket that is open already. Default: a new socket. */
  readonly fd?: number;
}

/**
 * A stream socket on this machine (127.0.0.1), as the system offers it: by its descriptor, and non-blocking.
 *
 * What would have to wait fails with an error whose `code` is `EAGAIN`; a selector says when to try again. After
 * `setBlocking(true)` it waits instead and blocks the thread, as Python's sockets with a timeout do: the descriptor stays
 * non-blocking, and the thread sleeps in slices of 50 ms, so that it can be ended.
 *
 * **Liveness** a socket does not keep the process alive, and stays open until `close()`, also when its thread has ended.
 *
 * @example
 * ```ts
 * const server = new RawSocket();
 * server.bind(0);
 * server.listen();
 * try {
 *   server.accept();
 * } catch (error) {
 *   console.log(error.code); // EAGAIN: nobody has called yet
 * }
 * server.close();
 * ```
 */
export class RawSocket {
  readonly #calls: SystemCalls;
  #fd: number;
  #blocking: boolean;

  /**
   * @throws {NotSupportedError} on other systems than Linux, and without koffi
   * @throws {InterleaveError} code `EMFILE`, if this process has as many descriptors open as it may
   * @throws {RangeError} for a descriptor that cannot be one
   */
  constructor(options: RawSocketOptions = {}) {
    this.#calls = systemCalls('make a RawSocket');
    if (options.fd !== undefined && !(Number.isInteger(options.fd) && options.fd >= 0)) {
      throw new RangeError(`Cannot make a RawSocket of descriptor ${options.fd}: descriptors are whole numbers from 0`);
    }
    this.#fd = options.fd ?? checked('make a socket', this.#calls.socket(INTERNET, STREAM | SOCKET_FLAGS, 0));
    this.#blocking = options.blocking ?? false;
  }

  /** The descriptor; -1 once closed. */
  get fd(): number {
    return this.#fd;
  }

  /** Whether its calls wait; see {@link setBlocking}. */
  get blocking(): boolean {
    return this.#blocking;
  }

  /** With true, calls that would have to wait do so and block the thread; with false, they fail with `EAGAIN`. */
  setBlocking(blocking: boolean): void {
    this.#blocking = blocking;
  }

  /** Whether it is closed. */
  get closed(): boolean {
    return this.#fd === -1;
  }

  /**
   * Takes a port of this machine; 0 lets the system choose.
   *
   * @throws {AddressInUseError} if somebody has the port
   */
  bind(port: number): void {
    const what = `bind ${this.#called()} to port ${port}`;
    checked(what, this.#calls.bind(this.#open(what), addressOf(port, what), ADDRESS_SIZE));
  }

  /**
   * Lets others connect.
   *
   * @param backlog - how many may wait to be accepted
   */
  listen(backlog = 128): void {
    const what = `listen with ${this.#called()}`;
    checked(what, this.#calls.listen(this.#open(what), backlog));
  }

  /** Its own port; 0 if it has none. */
  get port(): number {
    const address = new Uint8Array(ADDRESS_SIZE);
    const what = `ask for the port of ${this.#called()}`;
    checked(what, this.#calls.getsockname(this.#open(what), address, new Int32Array([ADDRESS_SIZE])));
    return new DataView(address.buffer).getUint16(2);
  }

  /**
   * Takes the next connection that somebody has opened; it is blocking if this one is.
   *
   * @throws {InterleaveError} code `EAGAIN`, if nobody has
   */
  accept(): RawSocket {
    const fd = this.#call(`accept from ${this.#called()}`, POLL_IN, (own) =>
      this.#calls.accept(own, null, null, SOCKET_FLAGS),
    );
    return new RawSocket({ fd, blocking: this.#blocking });
  }

  /**
   * Begins to connect with a port of this machine.
   *
   * @throws {InterleaveError} code `EINPROGRESS`, if that takes time: it is ready for writing when it is over, and
   * {@link finishConnect} says how it went; code `ECONNREFUSED`, if nobody listens
   */
  connect(port: number): void {
    const what = `connect ${this.#called()} with port ${port}`;
    const result = this.#calls.connect(this.#open(what), addressOf(port, what), ADDRESS_SIZE);
    if (result !== -EINPROGRESS || !this.#blocking) checked(what, result);
    if (result >= 0) return;
    this.#wait(what, POLL_OUT);
    this.finishConnect();
  }

  /**
   * Says how a connection ended that was in progress. Before it is ready for writing, it has not.
   *
   * @throws {InterleaveError} code `ECONNREFUSED` or another, if there is no connection
   */
  finishConnect(): void {
    const error = new Int32Array(1);
    const what = `connect ${this.#called()}`;
    const fd = this.#open(what);
    checked(what, this.#calls.getsockopt(fd, SOL_SOCKET, SO_ERROR, error, new Int32Array([error.byteLength])));
    checked(what, -(error[0] as number));
  }

  /**
   * Takes what has arrived.
   *
   * @param size - how many bytes at most; 65,536 if left out
   * @returns the bytes; none if the other side has closed
   * @throws {InterleaveError} code `EAGAIN`, if nothing has arrived
   * @throws {RangeError} for a size that is not a whole number from 1
   */
  recv(size = MOST): Buffer {
    if (!Number.isInteger(size) || size < 1) {
      throw new RangeError(`Cannot receive ${size} bytes: pass a whole number from 1`);
    }
    // Most calls bring little or nothing: it is copied out of one large buffer, instead of making one each time.
    scratch ??= Buffer.allocUnsafeSlow(MOST);
    const buffer = size > MOST ? Buffer.allocUnsafe(size) : scratch;
    const count = this.#call(`receive from ${this.#called()}`, POLL_IN, (fd) => this.#calls.recv(fd, buffer, size, 0));
    return buffer === scratch ? Buffer.from(buffer.subarray(0, count)) : buffer.subarray(0, count);
  }

  /**
   * Hands bytes, or a text as UTF-8, to the system.
   *
   * @returns how many bytes the system took; send the rest later
   * @throws {InterleaveError} code `EAGAIN`, if it has no room for any
   * @throws {BrokenPipeError} if the other side has closed
   */
  send(data: Uint8Array | string): number {
    const bytes = typeof data === 'string' ? Buffer.from(data) : data;
    return this.#call(`send to ${this.#called()}`, POLL_OUT, (fd) =>
      this.#calls.send(fd, bytes, bytes.byteLength, NO_SIGNAL),
    );
  }

  /**
   * Gives the descriptor away, to a `net.Socket` for instance; this object is closed then, and the descriptor is not.
   *
   * @returns the descriptor
   */
  detach(): number {
    const fd = this.#open(`detach ${this.#called()}`);
    this.#fd = -1;
    return fd;
  }

  /** Closes it; once more does nothing. Unregister it from selectors first. */
  close(): void {
    if (this.closed) return;
    this.#calls.close(this.#fd);
    this.#fd = -1;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  toString(): string {
    return `<RawSocket ${this.closed ? 'closed' : `fd ${this.#fd}${this.#blocking ? ' blocking' : ''}`}>`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  #called(): string {
    return this.closed ? 'a closed socket' : `socket ${this.#fd}`;
  }

  #open(what: string): number {
    return checked(what, this.closed ? -EBADF : this.#fd);
  }

  /** One call; if it would have to wait and may, again and again. */
  #call(what: string, event: number, call: (fd: number) => number): number {
    for (;;) {
      const result = call(this.#open(what));
      if (result === -EINTR) continue;
      if (result !== -EAGAIN || !this.#blocking) return checked(what, result);
      this.#wait(what, event);
    }
  }

  /** Blocks until the descriptor is ready. */
  #wait(what: string, event: number): void {
    checkMayBlock(`a blocking socket (${what})`, 'setBlocking(false) and a selector');
    const descriptor = new Int32Array([this.#fd, event]);
    for (;;) {
      const result = this.#calls.poll(descriptor, 1, SLICE);
      if (result > 0) return;
      if (result !== 0 && result !== -EINTR) checked(what, result);
    }
  }
}

let scratch: Buffer | undefined;

function checked(what: string, result: number): number {
  if (result < 0) throw callError(what, -result);
  return result;
}

/** The system's form of a port of this machine. */
function addressOf(port: number, what: string): Uint8Array {
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new RangeError(`Cannot ${what}: a port is a whole number from 0 to 65535`);
  }
  const address = new DataView(new ArrayBuffer(ADDRESS_SIZE));
  address.setUint16(0, INTERNET, true);
  address.setUint16(2, port);
  for (const [at, byte] of LOCALHOST.entries()) address.setUint8(4 + at, byte);
  return new Uint8Array(address.buffer);
}
