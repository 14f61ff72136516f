import type { WaitOptions } from '@interleave/core';
import { currentClock } from '../fiber.js';
import { park } from '../park.js';
import { turnsOf } from '../turns.js';
import { failureOf, onDone, type Future } from './future.js';
import { futuresOf } from './futures-of.js';

/** When {@link wait} returns. */
export type ReturnWhen = 'FIRST_COMPLETED' | 'FIRST_EXCEPTION' | 'ALL_COMPLETED';

/** {@link wait} returns when any task is over, also by cancellation. */
export const FIRST_COMPLETED = 'FIRST_COMPLETED';
/** {@link wait} returns when any task has failed, or all are over. A cancellation is no failure. */
export const FIRST_EXCEPTION = 'FIRST_EXCEPTION';
/** {@link wait} returns when all tasks are over. */
export const ALL_COMPLETED = 'ALL_COMPLETED';

/** Options of {@link wait}. */
export interface WaitForTasksOptions extends WaitOptions {
  /** What to wait for. Default: `ALL_COMPLETED`. */
  readonly returnWhen?: ReturnWhen | undefined;
}

/** What {@link wait} found. */
export interface DoneAndPending<F> {
  /** Those that are over. */
  readonly done: Set<F>;
  /** Those that run on. */
  readonly pending: Set<F>;
}

/**
 * Waits for several tasks at once, and looks at none of their results.
 *
 * **Timeout** is no error here: what is not over yet is in `pending`. Nothing is cancelled.
 * **Cancellation** of the wait leaves the tasks alone.
 *
 * @param tasks - any iterable; a task that comes twice counts once
 * @throws {TypeError} if it is not an iterable of tasks: a single one, or promises
 * @throws {RangeError} if there are none, or `returnWhen` is none of the three
 * @throws {CancelledError} if `signal` aborts
 *
 * @example
 * ```ts
 * const { done, pending } = await aio.wait([slow, quick], { returnWhen: aio.FIRST_COMPLETED });
 * ```
 */
export async function wait<F extends Future<unknown>>(
  tasks: Iterable<F>,
  options: WaitForTasksOptions = {},
): Promise<DoneAndPending<F>> {
  const { returnWhen = ALL_COMPLETED, timeout, signal } = options;
  if (![FIRST_COMPLETED, FIRST_EXCEPTION, ALL_COMPLETED].includes(returnWhen)) {
    throw new RangeError(
      `Cannot wait for ${String(returnWhen)}: returnWhen is FIRST_COMPLETED, FIRST_EXCEPTION or ALL_COMPLETED`,
    );
  }
  const all = futuresOf(tasks, 'wait for');
  if (all.size === 0) throw new RangeError('Cannot wait for no tasks: pass at least one');
  const isEnough = (future: F): boolean =>
    returnWhen === FIRST_COMPLETED ||
    (returnWhen === FIRST_EXCEPTION && !future.cancelled() && failureOf(future) !== undefined);
  const turns = turnsOf(currentClock());

  await park<void>(
    'wait for tasks',
    ({ wake }) => {
      const running = [...all].filter((future) => !future.done());
      let left = running.length;
      if (left === 0 || [...all].some((future) => future.done() && isEnough(future))) {
        wake();
        return undefined;
      }
      const leaves: (() => void)[] = [];
      const leave = (): void => {
        for (const each of leaves) each();
      };
      for (const future of running) {
        leaves.push(
          onDone(future, () => {
            left -= 1;
            if (left > 0 && !isEnough(future)) return;
            leave();
            // Those that end in the same turn are over, too.
            turns.call(() => wake());
          }),
        );
      }
      return leave;
    },
    { timeout, signal, late: { value: undefined } },
  );
  const done = new Set<F>();
  const pending = new Set<F>();
  for (const future of all) (future.done() ? done : pending).add(future);
  return { done, pending };
}
