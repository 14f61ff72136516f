import type { TaskDefinition } from '@interleave/transfer';

/**
 * What a `Thread` or `Process` is sent, once, to be done. Nothing comes back: its outcome is its exit code, its words are
 * what it prints. The messages of the channel itself are in `control.ts`.
 */
export interface Work {
  /** The target, as `captureTask` made it. */
  readonly target: TaskDefinition | undefined;
  /** Its arguments, as `encodeValue` made them. */
  readonly args: unknown;
  /** An instance of a subclass, as `encodeValue` made it; then its `run()` is called. */
  readonly instance: unknown;
  /** What the carried storages held at the start, as `encodeValue` made it. */
  readonly context: unknown;
}
