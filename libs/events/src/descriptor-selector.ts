/**
 * A selector over descriptors, and one of the system's ways to wait for them.
 *
 * `selectSync` waits in the system. `select` may not, since the loop would stand still: it looks, and when nothing is ready,
 * lets the loop watch all descriptors, by way of an epoll set, until it is time to look again.
 */
import { checkTimeout, ClosedError, systemClock, throwIfAborted, type WaitOptions } from '@interleave/core';
import { checkMayBlock } from '@interleave/memory';
import { BaseSelector } from './base-selector.js';
import { descriptorOf, findDescriptor, nameOf, type Descriptor } from './descriptor.js';
import { watchInLoop } from './loop-watch.js';
import type { EpollSet } from './epoll-set.js';
import type { Poller } from './poller.js';
import type { Ready, SelectorKey } from './selector.js';
import type { SystemCalls } from './system-calls.js';
import { temporarySet } from './temporary-set.js';

/** A key that knows the descriptor of what was registered. */
export interface DescriptorKey<F = unknown, D = unknown> extends SelectorKey<F, D> {
  /** The number that the system knows it by. */
  readonly fd: number;
}

/** Milliseconds. A thread hears of its end, and of Ctrl-C, between two slices only. */
const SLICE = 50;
const GET_FLAGS = 1;

/** What `SelectSelector`, `PollSelector` and `EpollSelector` have in common. */
export abstract class DescriptorSelector<F extends Descriptor, D> extends BaseSelector<F, D, DescriptorKey<F, D>> {
  readonly #calls: SystemCalls;
  readonly #poller: Poller;
  readonly #byDescriptor = new Map<number, DescriptorKey<F, D>>();

  /** @internal */
  constructor(calls: SystemCalls, poller: Poller) {
    super();
    this.#calls = calls;
    this.#poller = poller;
  }

  /**
   * As `select`, and blocks the thread meanwhile, in the system itself. A signal is looked at before, and not while it waits.
   *
   * @throws {BlockingNotAllowedError} on the main thread, unless that was allowed or the timeout is 0
   */
  selectSync(options: WaitOptions = {}): Ready<DescriptorKey<F, D>>[] {
    const timeout = checkTimeout(options.timeout);
    throwIfAborted(options.signal, 'select');
    if (timeout > 0) checkMayBlock('selectSync()', 'await select()');
    const due = systemClock.now() + timeout;
    for (let left = timeout; ; left = due - systemClock.now()) {
      this.mustBeOpen('select with');
      const ready = this.#wait(Math.ceil(Math.min(Math.max(left, 0), SLICE)));
      if (ready.length > 0 || left <= 0) return ready;
    }
  }

  /** What the loop shall watch in place of this selector, and whether to close it afterwards. */
  protected setToWatch(): { readonly set: EpollSet; readonly close: boolean } {
    return { set: temporarySet(this.#calls, this.#byDescriptor.values()), close: true };
  }

  protected override identify(fileObj: F): unknown {
    const fd = descriptorOf(fileObj);
    if (this.#calls.isOpen(fd, GET_FLAGS) >= 0) return fd;
    throw new ClosedError(`Cannot watch ${nameOf(fileObj)}: it is not open (EBADF)`, { code: 'EBADF' });
  }

  protected override identityOf(fileObj: F): unknown {
    return findDescriptor(fileObj);
  }

  protected override makeKey({ fileObj, events, data }: SelectorKey<F, D>): DescriptorKey<F, D> {
    return Object.freeze({ fileObj, fd: descriptorOf(fileObj), events, data });
  }

  protected override attach(key: DescriptorKey<F, D>): void {
    this.#poller.add(key.fd, key.events);
    this.#byDescriptor.set(key.fd, key);
    this.wakePending();
  }

  protected override change(key: DescriptorKey<F, D>, before: DescriptorKey<F, D>): void {
    if (key.events !== before.events) this.#poller.change(key.fd, key.events);
    this.#byDescriptor.set(key.fd, key);
    this.wakePending();
  }

  protected override detach({ fd }: DescriptorKey<F, D>): void {
    this.#byDescriptor.delete(fd);
    this.#poller.remove(fd);
  }

  protected override collect(): Ready<DescriptorKey<F, D>>[] {
    return this.#wait(0);
  }

  protected override listen(wake: () => void): () => void {
    const { set, close } = this.setToWatch();
    const closeSet = (): void => {
      if (close) set.close();
    };
    try {
      const stop = watchInLoop(this.#calls, set, wake);
      return () => {
        stop();
        closeSet();
      };
    } catch (error) {
      closeSet();
      throw error;
    }
  }

  protected override release(): void {
    this.#poller.close();
  }

  protected override nameOf(fileObj: F): string {
    return nameOf(fileObj);
  }

  #wait(timeout: number): Ready<DescriptorKey<F, D>>[] {
    const ready: Ready<DescriptorKey<F, D>>[] = [];
    for (const [fd, events] of this.#poller.wait(timeout)) {
      const key = this.#byDescriptor.get(fd);
      if (key !== undefined && (events & key.events) !== 0) ready.push([key, events & key.events]);
    }
    return ready;
  }
}
