import type { BrokenExecutorError } from '@interleave/core';

/**
 * When the workers of a dispatcher start, and what it means that one is lost. Here an executor and a `Pool` differ:
 *
 *                        starts workers        a worker dies           a start fails
 *     StartOnDemand      for tasks that wait   the executor breaks     the executor breaks
 *     KeepFull (Pool)    all, at once          its place is filled     it is tried again, not for ever
 *
 * @internal
 */
export interface Staff {
  /** Whether the others go on when a worker dies, and take over what it had not begun. */
  readonly replaces: boolean;
  /** Begins. @returns a promise for the moment when all that start at the beginning take tasks */
  open(): Promise<void>;
  /** A task is about to be prepared. */
  expect(): void;
  /** Starts the workers that are wanted now. Called after each round of sending. @returns whether it has started one */
  fill(waiting: number): boolean;
  /** A worker takes tasks now. */
  ready(): void;
  /** A worker has answered for the first time. */
  proven(): void;
  /** A worker has ended, and is not among the links any more. */
  gone(): void;
  /** A worker ended before it was ready; called before {@link gone}. */
  failed(error: BrokenExecutorError): void;
  /** A worker ended with nothing done, soon after it had become ready; called before {@link gone}. */
  wasted(error: BrokenExecutorError): void;
  /** Starts no more. */
  stop(): void;
  /** Resolves when no worker is about to become ready. */
  settled(): Promise<void>;
}

/**
 * Starts a worker.
 *
 * @internal
 * @returns why it could not be started; `undefined` if it was
 */
export type Hire = () => BrokenExecutorError | undefined;
