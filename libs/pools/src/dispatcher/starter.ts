import {
  startProcess,
  startThread,
  type StartWorkerOptions,
  type WorkerHandle,
  type WorkerKind,
} from '@interleave/workers';

/** Starts a worker. */
export type Starter = (options: StartWorkerOptions) => WorkerHandle;

/**
 * A seam for tests: an executor whose options carry a {@link Starter} under this key starts its workers with it. Tests
 * put a starter there that fails, or that counts. Not exported from the package.
 *
 * @internal
 */
export const WORKER_STARTER: unique symbol = Symbol('worker starter');

/** @internal Options that may carry a starter. */
export interface WithStarter {
  readonly [WORKER_STARTER]?: Starter | undefined;
}

/** @internal The starter of a kind. */
export function starterOf(kind: WorkerKind, options: WithStarter): Starter {
  return options[WORKER_STARTER] ?? (kind === 'thread' ? startThread : startProcess);
}
