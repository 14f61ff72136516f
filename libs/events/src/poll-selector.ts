import { callError } from './call-error.js';
import type { Descriptor } from './descriptor.js';
import { DescriptorSelector } from './descriptor-selector.js';
import { eventsOf, maskOf } from './epoll-set.js';
import type { Poller } from './poller.js';
import { EBADF, EINTR, systemCalls, type SystemCalls } from './system-calls.js';

/**
 * Tells which of many descriptors are ready, by poll(2): each wait hands the kernel the whole list, and the kernel asks each
 * one. It costs what is registered, and has no upper limit.
 *
 * @example
 * ```ts
 * const selector = new PollSelector<RawSocket>();
 * selector.register(socket, EVENT_READ | EVENT_WRITE);
 * console.log(await selector.select());
 * selector.close();
 * ```
 */
export class PollSelector<F extends Descriptor = Descriptor, D = unknown> extends DescriptorSelector<F, D> {
  /** @throws {NotSupportedError} on other systems than Linux, and without koffi */
  constructor() {
    const calls = systemCalls('make a PollSelector');
    super(calls, new PollList(calls));
  }
}

/** Two words each, as poll(2) has them: the descriptor; the events asked for below, those found above. */
class PollList implements Poller {
  readonly #calls: SystemCalls;
  readonly #places = new Map<number, number>();
  #list = new Int32Array(16);

  constructor(calls: SystemCalls) {
    this.#calls = calls;
  }

  add(fd: number, events: number): void {
    const place = this.#places.size;
    if (2 * place === this.#list.length) {
      const longer = new Int32Array(4 * place);
      longer.set(this.#list);
      this.#list = longer;
    }
    this.#places.set(fd, place);
    this.#list[2 * place] = fd;
    this.change(fd, events);
  }

  change(fd: number, events: number): void {
    this.#list[2 * (this.#places.get(fd) as number) + 1] = maskOf(events);
  }

  remove(fd: number): void {
    const place = this.#places.get(fd) as number;
    const last = this.#places.size - 1;
    // The last one moves into the gap.
    const moved = this.#list[2 * last] as number;
    this.#list.copyWithin(2 * place, 2 * last, 2 * last + 2);
    this.#places.set(moved, place);
    this.#places.delete(fd);
  }

  wait(timeout: number): [fd: number, events: number][] {
    const list = this.#list;
    let left = this.#calls.poll(list, this.#places.size, timeout);
    if (left < 0 && left !== -EINTR) throw callError('wait with poll', -left);
    const ready: [number, number][] = [];
    for (let at = 0; left > 0; at += 2) {
      const found = (list[at + 1] as number) >>> 16;
      if (found === 0) continue;
      left -= 1;
      const fd = list[at] as number;
      if ((found & INVALID) !== 0) throw callError(`wait for descriptor ${fd} with poll`, EBADF);
      ready.push([fd, eventsOf(found)]);
    }
    return ready;
  }

  close(): void {}
}

const INVALID = 32;
