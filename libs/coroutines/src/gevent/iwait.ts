import { Deadline, throwIfAborted, type WaitOptions } from '@interleave/core';
import { checkCount } from './check-count.js';
import { currentClock } from '../fiber.js';
import { parkWithin } from '../park-within.js';
import { isReady, onReady, waitables, type Waitable } from './waitable.js';

/** Options of {@link iwait} and {@link wait}. */
export interface WaitForOptions extends WaitOptions {
  /** How many are enough, an integer from 0. Default: all. */
  readonly count?: number | undefined;
}

/**
 * Yields objects as they become ready, each once; those that are ready already come first.
 *
 * **Timeout** is no error: the iteration ends. It counts from the call.
 * **Leaving** a loop early takes the listeners out of those that are not ready; nothing is killed.
 *
 * @param objects - greenlets, `AsyncResult`s and events; read once, at the call; duplicates come once
 * @param options - `count`, `timeout`, `signal`
 * @throws {TypeError | RangeError} if the objects or the options make no sense, at the call
 * @throws {CancelledError} from a step, if `signal` aborts
 *
 * @example
 * ```ts
 * for await (const greenlet of gevent.iwait(greenlets)) console.log(greenlet.value);
 * ```
 */
export function iwait<W extends Waitable>(
  objects: Iterable<W>,
  options: WaitForOptions = {},
): AsyncGenerator<W, void, undefined> {
  const all = waitables(objects, 'iwait');
  const count = checkCount(options.count, 'count', 0);
  throwIfAborted(options.signal, 'wait for greenlets');
  const deadline = Deadline.after(options.timeout, { clock: currentClock() });
  return steps<W>(all, Math.min(count, all.size), deadline, options.signal);
}

async function* steps<W extends Waitable>(
  all: Set<W>,
  count: number,
  deadline: Deadline,
  signal: AbortSignal | undefined,
): AsyncGenerator<W, void, undefined> {
  const ready: W[] = [];
  const leaves: (() => void)[] = [];
  let tell = (): unknown => undefined;
  const add = (object: W): void => {
    ready.push(object);
    tell();
  };
  for (const each of all) {
    if (isReady(each)) ready.push(each);
    else leaves.push(onReady(each, () => add(each)));
  }
  try {
    for (let at = 0; at < count; at++) {
      if (at === ready.length) {
        const arm = (done: () => boolean) => {
          tell = done;
          return () => (tell = nothing);
        };
        const options = { timeout: deadline.remaining(), signal };
        if (!(await parkWithin('wait for greenlets', arm, options))) return;
      }
      yield ready[at] as W;
    }
  } finally {
    for (const leave of leaves) leave();
  }
}

function nothing(): void {}
