import process from 'node:process';
import { callError } from './call-error.js';
import type { Poller } from './poller.js';
import { EVENT_READ, EVENT_WRITE } from './selector.js';
import { EBADF, EINTR, ENOENT, EPERM, type SystemCalls } from './system-calls.js';

const CLOSE_ON_EXEC = 0o2000000;
const [ADD, REMOVE, CHANGE] = [1, 2, 3];
const [IN, OUT, ERROR, HANG_UP] = [1, 4, 8, 16];
/** Of a `struct epoll_event`, in 32-bit words: packed on x64, aligned elsewhere. */
const [WORDS, DATA_AT] = process.arch === 'x64' ? [3, 1] : [4, 2];
/** For how many answers there is room at first. */
const ROOM = 64;

/** epoll(7): a set that the kernel keeps, and in which whoever becomes ready enters itself. */
export class EpollSet implements Poller {
  /** Of the set itself: ready for reading when one in it is ready. */
  readonly fd: number;
  readonly #calls: SystemCalls;
  readonly #event = new Uint32Array(WORDS);
  /** Room for all: none that is ready has to wait for the next call. */
  #found = new Uint32Array(ROOM * WORDS);
  #size = 0;

  constructor(calls: SystemCalls) {
    this.#calls = calls;
    const fd = calls.epollCreate(CLOSE_ON_EXEC);
    if (fd < 0) throw callError('make an epoll set', -fd);
    this.fd = fd;
  }

  add(fd: number, events: number): void {
    this.#control(ADD, fd, events);
    this.#size += 1;
    if (this.#size * WORDS > this.#found.length) this.#found = new Uint32Array(2 * this.#found.length);
  }

  change(fd: number, events: number): void {
    this.#control(CHANGE, fd, events);
  }

  remove(fd: number): void {
    this.#size -= 1;
    const result = this.#calls.epollControl(this.fd, REMOVE, fd, this.#event);
    // The kernel forgets what is closed.
    if (result < 0 && result !== -EBADF && result !== -ENOENT && result !== -EPERM) {
      throw callError(`take descriptor ${fd} out of an epoll set`, -result);
    }
  }

  wait(timeout: number): [fd: number, events: number][] {
    const count = this.#calls.epollWait(this.fd, this.#found, this.#found.length / WORDS, timeout);
    if (count < 0) {
      if (count === -EINTR) return [];
      throw callError('wait with epoll', -count);
    }
    const ready: [number, number][] = [];
    for (let at = 0; at < count * WORDS; at += WORDS) {
      ready.push([this.#found[at + DATA_AT] as number, eventsOf(this.#found[at] as number)]);
    }
    return ready;
  }

  close(): void {
    this.#calls.close(this.fd);
  }

  #control(operation: number, fd: number, events: number): void {
    this.#event[0] = maskOf(events);
    this.#event[DATA_AT] = fd;
    const result = this.#calls.epollControl(this.fd, operation, fd, this.#event);
    if (result < 0) throw callError(`watch descriptor ${fd} with epoll`, result === -ENOENT ? EBADF : -result);
  }
}

/** The bits of poll(2) and epoll(7) for ours. */
export function maskOf(events: number): number {
  return ((events & EVENT_READ) !== 0 ? IN : 0) | ((events & EVENT_WRITE) !== 0 ? OUT : 0);
}

/** Ours for theirs: after an error or a hang-up, neither reading nor writing would wait. */
export function eventsOf(mask: number): number {
  const over = (mask & (ERROR | HANG_UP)) !== 0;
  return (over || (mask & IN) !== 0 ? EVENT_READ : 0) | (over || (mask & OUT) !== 0 ? EVENT_WRITE : 0);
}
