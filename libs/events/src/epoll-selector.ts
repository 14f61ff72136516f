import type { Descriptor } from './descriptor.js';
import { DescriptorSelector } from './descriptor-selector.js';
import { EpollSet } from './epoll-set.js';
import { systemCalls } from './system-calls.js';

/**
 * Tells which of many descriptors are ready, by epoll(7): the kernel keeps the set, whoever becomes ready puts itself on a
 * list, and a wait takes the list. It costs what is ready, however many are registered.
 *
 * Unlike its two neighbours, it forgets without a word what is closed while it is registered, and it refuses files, which are
 * always ready.
 *
 * @example
 * ```ts
 * const selector = new EpollSelector<RawSocket>();
 * selector.register(socket, EVENT_READ);
 * for (const [{ fileObj }] of await selector.select()) console.log(fileObj.recv());
 * selector.close();
 * ```
 */
export class EpollSelector<F extends Descriptor = Descriptor, D = unknown> extends DescriptorSelector<F, D> {
  readonly #set: EpollSet;

  /**
   * @throws {NotSupportedError} on other systems than Linux, and without koffi
   * @throws {InterleaveError} code `EMFILE`, if this process has as many descriptors open as it may
   */
  constructor() {
    const calls = systemCalls('make an EpollSelector');
    const set = new EpollSet(calls);
    super(calls, set);
    this.#set = set;
  }

  protected override setToWatch(): { readonly set: EpollSet; readonly close: boolean } {
    return { set: this.#set, close: false };
  }
}
