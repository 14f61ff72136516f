import { InvalidStateError, onAbort, reportUncaught, throwIfAborted, type Clock } from '@interleave/core';
import { loopClock } from '../loop-clock.js';
import { Loop } from './loop.js';
import { map } from './map.js';
import { Chosen, InOrder } from './run-queue.js';
import { Task, type Coroutine } from './task.js';
import { TurnWatch, type Turn } from './turn-watch.js';

/** Who goes next: given the ready tasks, in the order they became so, it returns an index. */
export type Order = (ready: readonly Task[]) => number;

/** Options of {@link Scheduler}. */
export interface SchedulerOptions {
  /** Whose time `sleep` waits by. Default: the event loop's. */
  readonly clock?: Clock;
  /**
   * Who goes next. It is asked when two or more are ready, and priorities are its own business then. Default: first in,
   * first out, by priority.
   */
  readonly order?: Order;
  /**
   * How long tasks may run on before the event loop has a turn, in milliseconds of the clock, from 0. Default: 5. By a
   * clock that stands still they run until all of them wait.
   */
  readonly slice?: number;
  /**
   * What to do when every task waits and nothing that the scheduler knows of can wake one. `fail`: end them, and the run,
   * with an error that names them. `wait`: go on waiting, for event handlers that release, put or cancel. Default: `fail`.
   */
  readonly onDeadlock?: 'fail' | 'wait';
  /**
   * Is told, at the end of the run, of errors of tasks that nobody waited for. Default: what was given to
   * `setUncaughtHandler`.
   */
  readonly onUncaught?: (error: unknown, task: Task) => void;
  /** Is told of every turn after its end. */
  readonly onSwitch?: (turn: Turn) => void;
}

/** Options of `Scheduler.spawn`. */
export interface SpawnOptions {
  /** What to call it in messages and pictures. Default: the name of the function, or `task-1`, `task-2` and so on. */
  readonly name?: string;
  /**
   * Who goes first: the higher number. Nobody starves: of each priority there is, somebody has a turn after at most 64
   * turns of higher ones. Default: 0.
   */
  readonly priority?: number;
}

/** Options of `Scheduler.map`. */
export interface MapOptions {
  /** How many calls run at once; an integer from 1, or `Infinity`. Default: `Infinity`. */
  readonly limit?: number;
}

/** Options of `Scheduler.run`. */
export interface RunOptions {
  /** Cancels every task when it aborts. */
  readonly signal?: AbortSignal;
}

/**
 * Runs generators as tasks that take turns on one thread. `loop.ts` has the picture.
 *
 * For tasks that know their children and end together, take `aio.TaskGroup`; for async functions, `aio` or `gevent`. A
 * scheduler's tasks cost a tenth of theirs, every switch can be watched, and their order can be chosen.
 *
 * **Fairness** first in, first out, also for those that are woken; those whose time has come go between the others, one for
 * one. Priorities starve nobody.
 * **Errors** of a task go to who waits for it; if nobody has by the end of the run, to `setUncaughtHandler`, once. The other
 * tasks go on.
 * **Event loop** it has a turn after every `slice`, so sockets and timers are served however busy the tasks are.
 * **Context** an `AsyncLocalStorage` has in a task whatever it has where the task is woken.
 *
 * @example
 * ```ts
 * const scheduler = new Scheduler();
 * await scheduler.run(function* () {
 *   const page = scheduler.spawn(function* () {
 *     yield sleep(100);
 *     return 'a page';
 *   });
 *   console.log(yield* page); // a page
 * });
 * ```
 */
export class Scheduler {
  readonly #loop: Loop;
  #ids = 0;

  /** @throws {RangeError | TypeError} if an option is not as described */
  constructor(options: SchedulerOptions = {}) {
    const { clock = loopClock, order, slice = 5, onDeadlock = 'fail', onUncaught = report, onSwitch } = options;
    if (typeof slice !== 'number' || !(slice >= 0)) {
      throw new RangeError(`Cannot run tasks in slices of ${String(slice)} ms: pass a number from 0`);
    }
    if (onDeadlock !== 'fail' && onDeadlock !== 'wait') {
      throw new RangeError(`Cannot ${String(onDeadlock)} at a deadlock: pass "fail" or "wait"`);
    }
    for (const [name, value] of Object.entries({ order, onUncaught, onSwitch })) {
      if (value !== undefined && typeof value !== 'function') {
        throw new TypeError(`Cannot make a Scheduler: ${name} is no function but ${typeof value}`);
      }
    }
    this.#loop = new Loop({
      clock,
      queue: order === undefined ? new InOrder() : new Chosen(order),
      watch: new TurnWatch(clock, onSwitch),
      slice,
      patient: onDeadlock === 'wait',
      onUncaught,
    });
  }

  /** The task whose turn it is. */
  get current(): Task | undefined {
    return this.#loop.current;
  }

  /** The tasks that are not over, the oldest first. */
  get tasks(): readonly Task[] {
    return this.#loop.roster.all();
  }

  /**
   * Makes a task. It has its first turn after all that are ready already, and not before `run`.
   *
   * @param body - a generator function, or a generator: `spawn(copy('a.txt'))`
   * @param options - `name`, `priority`
   * @throws {TypeError} if it is neither
   * @throws {RangeError} if `priority` is not a finite number
   */
  spawn<T>(body: (() => Coroutine<T>) | Coroutine<T>, options: SpawnOptions = {}): Task<T> {
    const { priority = 0, name = typeof body === 'function' ? body.name : '' } = options;
    const coroutine = typeof body === 'function' ? body() : body;
    if (typeof coroutine?.next !== 'function' || typeof coroutine.throw !== 'function') {
      throw new TypeError('Cannot spawn what is no generator: pass a function*, or what one returned');
    }
    if (!Number.isFinite(priority)) {
      throw new RangeError(`Cannot spawn a task of priority ${priority}: pass a finite number`);
    }
    const task = new Task(this.#loop, coroutine, ++this.#ids, name, priority);
    this.#loop.roster.add(task);
    if (priority !== 0) this.#loop.byPriority();
    this.#loop.ready(task);
    return task;
  }

  /**
   * Gives turns until every task is over, those included that are spawned meanwhile.
   *
   * @param main - spawned first; its result is that of the run
   * @param options - `signal`
   * @returns what `main` returned
   * @throws what `main` threw
   * @throws {InvalidStateError} if it runs already; or at a deadlock, with which every task that waits is ended; see
   *   `onDeadlock`
   * @throws {CancelledError} if the signal aborts, after all tasks are over
   */
  async run(main?: undefined, options?: RunOptions): Promise<void>;
  async run<T>(main: (() => Coroutine<T>) | Coroutine<T>, options?: RunOptions): Promise<T>;
  async run<T>(main?: (() => Coroutine<T>) | Coroutine<T>, options: RunOptions = {}): Promise<T | undefined> {
    if (this.#loop.running) throw new InvalidStateError('Cannot run the scheduler: it runs already');
    const { signal } = options;
    throwIfAborted(signal, 'run the scheduler');
    const task = main === undefined ? undefined : this.spawn(main);
    const end = task?.promise();
    const stopListening = signal && onAbort(signal, () => this.cancel(signal.reason));
    try {
      await this.#loop.run();
    } catch (error) {
      if (task?.state !== 'failed') throw error;
    } finally {
      stopListening?.();
    }
    if (task?.state !== 'failed') throwIfAborted(signal, 'run the scheduler to its end');
    return end;
  }

  /**
   * Runs a generator function for every item, at most so many at once. To be called by a task, with `yield*`.
   *
   * The first error cancels the other calls, and comes out when they are over; so does a cancellation of the caller.
   *
   * @param body - called with one item at a time
   * @param items - taken one by one, when there is room
   * @param options - `limit`: how many at once
   * @returns what the calls returned, in the order of the items
   * @throws {RangeError} if `limit` is not an integer from 1, or `Infinity`
   *
   * @example
   * ```ts
   * const pages = yield* scheduler.map(download, urls, { limit: 5 });
   * ```
   */
  map<A, R>(body: (item: A) => Coroutine<R>, items: Iterable<A>, options: MapOptions = {}): Coroutine<R[]> {
    const { limit = Infinity } = options;
    if (!(Number.isSafeInteger(limit) && limit > 0) && limit !== Infinity) {
      throw new RangeError(`Cannot run ${limit} at once: pass an integer from 1, or Infinity`);
    }
    return map(this, body, items, limit);
  }

  /** Cancels every task; see `task.cancel`. */
  cancel(reason?: unknown): void {
    for (const task of this.#loop.roster.all()) task.cancel(reason);
  }
}

function report(error: unknown, { name }: Task): void {
  reportUncaught(error, { where: `task "${name}" of a Scheduler, for which nobody waited` });
}
