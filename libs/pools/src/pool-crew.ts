import { CancelledError } from '@interleave/core';
import { holdProcess } from '@interleave/workers';
import { BaseExecutor } from './base-executor.js';
import { Dispatcher } from './dispatcher/dispatcher.js';
import type { WithStarter } from './dispatcher/starter.js';
import type { Future } from './future.js';
import type { Shape } from './ground.js';
import type { PoolOptions } from './pool-options.js';

/**
 * The workers of a `Pool` and what they have to do: an executor whose dispatcher replaces workers that die.
 *
 * Apart from the `Pool` itself, and without a reference to it: so it is noticed when nobody can reach a pool any more,
 * while its workers still reach their crew.
 *
 * @internal
 */
export class PoolCrew extends BaseExecutor {
  readonly #ready: Promise<void>;
  #held = false;

  constructor(name: string, processes: number, { kind = 'process', ...options }: PoolOptions & WithStarter) {
    let dispatcher: Dispatcher | undefined;
    super(name, { ...options, maxWorkers: processes }, processes, (host, maxWorkers) => {
      dispatcher = new Dispatcher(host, { ...options, kind, maxWorkers, staff: 'full', prefix: name });
      return dispatcher;
    });
    this.#ready = (dispatcher as unknown as Dispatcher).open();
    // Whoever awaits it hears of a failure; if nobody does, the tasks tell.
    this.#ready.catch(() => {});
  }

  /** See `Pool.ready`. */
  get ready(): Promise<void> {
    if (!this.#held) {
      this.#held = true;
      const release = holdProcess();
      this.#ready.then(release, release);
    }
    return this.#ready;
  }

  /** Whether it takes no more tasks because no worker can be had. */
  get lost(): boolean {
    return this.broken !== undefined;
  }

  /** How many accepted tasks are not over; a chunk is one. */
  get outstanding(): number {
    return this.unfinished;
  }

  /** Hands a call or a chunk to the workers. */
  give(task: unknown, args: readonly unknown[], shape: Shape): Future<unknown> {
    return this.accept(task, args, {}, shape);
  }

  /** Ends all workers at once. */
  terminate(): Promise<void> {
    return this.stop(false, new CancelledError(`${this.name} was terminated`));
  }
}
