import { Deadline, throwIfAborted, TimeoutError, type WaitOptions } from '@interleave/core';
import { currentClock } from '../fiber.js';
import { park, type Wakers } from '../park.js';
import { ensureFuture } from './ensure-future.js';
import { onDone, type Future } from './future.js';
import { checkIterable } from './futures-of.js';

/**
 * A task that has finished. It is the very task; but types think that a `for await` awaits what it gives, so it is declared
 * without `then`.
 */
export type Finished<T> = Pick<Future<T>, 'name' | 'done' | 'cancelled' | 'result' | 'exception' | 'toString'>;

/** What {@link asCompleted} gives: finished tasks by `for await`, or by `for` the promises of what comes next. */
export interface AsCompleted<T> extends AsyncIterable<Finished<T>>, Iterable<PromiseLike<T>> {}

/**
 * The tasks as they finish, each once. Tasks that were handed in are the ones that are handed out.
 *
 * `for await` gives the finished tasks. A plain `for` gives as many promises: the first one that is awaited stands for the
 * first task to finish, whichever that is, the next for the second.
 *
 * **Leaving** early is fine: nothing is cancelled.
 * **Timeout** the step that waits when the time is up throws; the tasks go on.
 *
 * @param tasks - any iterable of tasks and promises; read once, at the call; duplicates come once
 * @param options - `timeout`: milliseconds from the call, for all of it; `signal` ends it
 * @throws {TypeError} if it is not an iterable
 *
 * @example
 * ```ts
 * for await (const task of aio.asCompleted(tasks, { timeout: 5_000 })) console.log(task.result());
 * ```
 */
export function asCompleted<T>(tasks: Iterable<T>, options: WaitOptions = {}): AsCompleted<Awaited<T>> {
  throwIfAborted(options.signal, 'wait for tasks');
  checkIterable(tasks, 'wait for');
  const deadline = Deadline.after(options.timeout, { clock: currentClock() });
  const futures = new Map([...tasks].map((each) => [each, ensureFuture(each, 'wait for')]));
  return new Completions(new Set(futures.values()), deadline, options.signal);
}

/** A future on its way through a promise, which would await it otherwise. */
interface Boxed<T> {
  readonly future: Future<T>;
}

class Completions<T> implements AsCompleted<T> {
  readonly #ready: Boxed<T>[] = [];
  readonly #waiting = new Set<Wakers<Boxed<T> | undefined>>();
  readonly #running = new Map<Future<T>, () => void>();
  readonly #total: number;
  readonly #deadline: Deadline;
  readonly #signal: AbortSignal | undefined;
  /** How many steps were asked for. */
  #steps = 0;

  constructor(futures: ReadonlySet<Future<T>>, deadline: Deadline, signal: AbortSignal | undefined) {
    this.#total = futures.size;
    this.#deadline = deadline;
    this.#signal = signal;
    for (const future of futures) {
      const leave = onDone(future, () => this.#completed(future));
      if (!future.done()) this.#running.set(future, leave);
    }
  }

  *[Symbol.iterator](): IterableIterator<PromiseLike<T>> {
    while (this.#steps < this.#total) {
      this.#steps += 1;
      let step: Promise<T> | undefined;
      yield {
        // It takes its turn when it is first awaited, in the task that awaits it.
        then: (onFulfilled, onRejected) => {
          step ??= this.#take().then(({ future }) => future);
          return step.then(onFulfilled, onRejected);
        },
      };
    }
  }

  [Symbol.asyncIterator](): AsyncIterator<Finished<T>, undefined> {
    return {
      next: async () => {
        if (this.#steps >= this.#total) return { done: true, value: undefined };
        this.#steps += 1;
        const { future } = await this.#take();
        return { done: false, value: future };
      },
      return: async () => {
        for (const leave of this.#running.values()) leave();
        this.#running.clear();
        this.#steps = this.#total;
        return { done: true, value: undefined };
      },
    };
  }

  #completed(future: Future<T>): void {
    this.#running.delete(future);
    const [first] = this.#waiting;
    if (first === undefined) return void this.#ready.push({ future });
    this.#waiting.delete(first);
    first.wake({ future });
  }

  async #take(): Promise<Boxed<T>> {
    const boxed = await park<Boxed<T> | undefined>(
      'wait for tasks',
      (wakers) => {
        const ready = this.#ready.shift();
        if (ready !== undefined) {
          wakers.wake(ready);
          return undefined;
        }
        this.#waiting.add(wakers);
        return () => this.#waiting.delete(wakers);
      },
      // Armed only while somebody waits: an iteration that was forgotten leaves no timer.
      { timeout: this.#deadline.remaining(), signal: this.#signal, late: { value: undefined } },
    );
    if (boxed === undefined) throw new TimeoutError(`${this.#running.size} (of ${this.#total}) tasks unfinished`);
    return boxed;
  }
}
