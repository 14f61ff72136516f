import type { DescriptorKey } from './descriptor-selector.js';
import { EpollSet } from './epoll-set.js';
import type { SystemCalls } from './system-calls.js';

/**
 * An epoll set for one wait, for selectors that have none of their own: it only wakes, they look for themselves.
 *
 * It is made anew for each wait, and costs what is registered. That is no worse than what it stands for: a poll(2) that has to
 * wait puts itself on the waiting list of each descriptor, and takes itself off again, every time.
 */
export function temporarySet(calls: SystemCalls, keys: Iterable<DescriptorKey>): EpollSet {
  const set = new EpollSet(calls);
  try {
    for (const { fd, events } of keys) set.add(fd, events);
    return set;
  } catch (error) {
    set.close();
    throw error;
  }
}
