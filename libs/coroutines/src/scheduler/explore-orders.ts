import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { InvalidStateError, type Clock, type StopTimer } from '@interleave/core';
import { Scheduler } from './scheduler.js';

/** Options of {@link exploreOrders}. */
export interface ExploreOrdersOptions {
  /** The most orders to run, an integer from 1. Default: 10,000. */
  readonly limit?: number;
}

/** An order that ended wrong. */
export interface WrongOrder {
  /** Whose turn it was, turn by turn, by name. */
  readonly turns: readonly string[];
  /** Which of the ready tasks was taken, wherever there was a choice. */
  readonly choices: readonly number[];
  /** What the check threw, or a task that nobody waited for, or the deadlock; `undefined` if the check said false. */
  readonly error: unknown;
}

/** What {@link exploreOrders} found. */
export interface ExploredOrders {
  /** How many orders were run. */
  readonly orders: number;
  /** How many of them ended wrong. */
  readonly wrong: number;
  /** Whether these were all there are. */
  readonly exhausted: boolean;
  /** The first ten that ended wrong. */
  readonly failures: readonly WrongOrder[];
}

/** Time that jumps to the next timer as soon as everybody waits. */
class JumpingClock implements Clock {
  #now = 0;

  now(): number {
    return this.#now;
  }

  setTimer(delay: number, fire: () => void): StopTimer {
    let stopped = delay === Infinity;
    queueMicrotask(() => {
      if (stopped) return;
      this.#now += delay;
      fire();
    });
    return () => {
      stopped = true;
    };
  }
}

/**
 * Runs a small program of tasks in every order there is, and tells how many end wrong. Wherever two or more are ready, each
 * of them goes first once. Sleeps take no time.
 *
 * The program must make the same choices when its tasks run in the same order; promises that something outside settles
 * break that.
 *
 * @param setup - called for every order: spawns the tasks, and returns a check that is called at the end. An order is
 *   wrong if that returns false or throws, if a task fails that nobody waited for, or if all wait for ever
 * @param options - `limit`
 * @throws {RangeError} if `limit` is not such an integer
 *
 * @example
 * ```ts
 * const found = await exploreOrders((scheduler) => {
 *   let total = 0;
 *   const add = function* () {
 *     const seen = total;
 *     yield;
 *     total = seen + 1;
 *   };
 *   scheduler.spawn(add);
 *   scheduler.spawn(add);
 *   return () => total === 2;
 * });
 * console.log(found.wrong, 'of', found.orders); // 4 of 6
 * ```
 */
export async function exploreOrders(
  setup: (scheduler: Scheduler) => () => boolean | void,
  options: ExploreOrdersOptions = {},
): Promise<ExploredOrders> {
  const { limit = 10_000 } = options;
  if (!Number.isSafeInteger(limit) || limit < 1) {
    throw new RangeError(`Cannot run ${limit} orders: pass an integer from 1`);
  }
  const failures: WrongOrder[] = [];
  let orders = 0;
  let wrong = 0;
  /** What was chosen, and of how many, along the order that is run: the path to it in the tree of all. */
  const path: Choice[] = [];
  let turned = performance.now();
  do {
    if (performance.now() - turned > 20) {
      await turnOfTheLoop();
      turned = performance.now();
    }
    const failure = await runOne(setup, path);
    orders += 1;
    if (failure === undefined) continue;
    wrong += 1;
    if (failures.length < 10) failures.push({ ...failure, choices: path.map(({ choice }) => choice) });
  } while (toNext(path) && orders < limit);
  return { orders, wrong, exhausted: path.length === 0, failures };
}

/** Step of the path: which of how many. */
type Choice = { choice: number; readonly of: number };

async function runOne(
  setup: (scheduler: Scheduler) => () => boolean | void,
  path: Choice[],
): Promise<Omit<WrongOrder, 'choices'> | undefined> {
  const turns: string[] = [];
  let failure: { readonly error: unknown } | undefined;
  let at = 0;
  const scheduler = new Scheduler({
    clock: new JumpingClock(),
    onSwitch: ({ task }) => turns.push(task.name),
    onUncaught: (error) => (failure ??= { error }),
    order: ({ length: of }) => {
      const step = (path[at++] ??= { choice: 0, of });
      if (step.of === of) return step.choice;
      throw new InvalidStateError(
        `Cannot explore: in the same order ${step.of} tasks were ready once and ${of} now; take out what differs from run to run`,
      );
    },
  });
  const check = setup(scheduler);
  if (typeof check !== 'function') throw new TypeError('Cannot explore: the setup is to return a function that checks');
  try {
    await scheduler.run();
    if (failure === undefined && check() === false) failure = { error: undefined };
  } catch (error) {
    failure ??= { error };
  }
  return failure && { turns, error: failure.error };
}

/** Goes on to the next path: the last choice that was not yet the last possible one. */
function toNext(path: Choice[]): boolean {
  for (let last = path.at(-1); last !== undefined; last = path.at(-1)) {
    if (last.choice + 1 < last.of) {
      last.choice += 1;
      return true;
    }
    path.pop();
  }
  return false;
}
