import type { BrokenExecutorError } from '@interleave/core';
import type { Job } from './job.js';

/**
 * Where the tasks of an executor run: in this event loop, in threads, or in processes. Everything that callers can see
 * apart from that (states, cancellation, limits, shutdown, `map`) is the same for all and lives in `BaseExecutor`.
 *
 * @internal
 */
export interface Ground {
  /**
   * Looks at a task and keeps what it needs in `job.payload`.
   *
   * @param shape - what `args` is
   * @throws {SerializationError} if it cannot travel
   */
  prepare(job: Job, task: unknown, args: readonly unknown[], shape: Shape): void;
  /** Runs a prepared job when there is room. */
  enqueue(job: Job): void;
  /** Takes a job back that has not begun; false if it has. */
  takeBack(job: Job): boolean;
  /** Whether a job has begun. */
  hasStarted(job: Job): boolean;
  /**
   * A running job was given up by its caller.
   *
   * @param payload - what the job's payload was
   * @param reason - a `TimeoutError` if it must end, a `CancelledError` if it may
   */
  interrupt(job: Job, payload: unknown, reason: Error): void;
  /** What its workers do at this moment, and what they have done. */
  readonly load: GroundLoad;
  /** Somebody waits for a job; called before it has begun. */
  awaited?(job: Job): void;
  /** So many values of a job's stream were read. */
  allow(job: Job, count: number): void;
  /** Jobs that wait, in the order in which they would run. */
  waiting(): Job[];
  /** Forgets all jobs that wait or run, and lists them. */
  drain(): Job[];
  /** Lets the workers go; nothing is enqueued after this. Resolves when all are gone. */
  close(): Promise<void>;
  /** Ends the workers, whatever they do. Resolves when all are gone. */
  stop(kill: boolean): Promise<void>;
}

/**
 * See `ExecutorStats`.
 *
 * @internal
 */
export interface GroundLoad {
  readonly workers: number;
  readonly running: number;
  /** Milliseconds. */
  readonly runTime: number;
}

/**
 * What a ground tells its executor.
 *
 * @internal
 */
export interface GroundHost {
  /** The executor's name. */
  readonly name: string;
  /**
   * Work was lost, or cannot be done any more.
   *
   * @param lost - jobs that are not drained any more, each with the error that says why it was lost
   */
  broke(error: BrokenExecutorError, lost?: readonly (readonly [Job, Error])[]): void;
  /** An error that belongs to no task. */
  stray(error: unknown): void;
}

/**
 * What the arguments of a job are: those of one `call`; a list of `calls`, an argument list each; or a list of `items`,
 * the only argument of a call each. The last two are chunks, and their result is a {@link ChunkResult}.
 *
 * @internal
 */
export type Shape = 'call' | 'calls' | 'items';

/**
 * What came of the calls of a chunk, in their order.
 *
 * @internal
 */
export interface ChunkResult {
  /** The value of each call, or its error. */
  readonly values: ArrayLike<unknown>;
  /** Which calls have failed, by their place in the chunk; left out if none has. */
  readonly failed?: ReadonlySet<number> | undefined;
}
