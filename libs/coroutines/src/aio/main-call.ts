/**
 * How a thread asks the main thread to run something, and gets the answer.
 *
 *     thread ──MainCall, as progress of its task──> main: a task runs
 *        │  <──MainAnswer, on a channel of this call's──┘
 *        └───'cancel', on the same channel──> main: task.cancel()
 */

/** What the thread sends. */
export interface MainCall {
  readonly type: 'interleave.runOnMain';
  /** The name of the `BroadcastChannel` for the answer; no other call has it. */
  readonly channel: string;
  /** The function and its arguments, encoded. */
  readonly work: unknown;
}

/** What the main thread answers. */
export type MainAnswer = { readonly value: unknown } | { readonly error: unknown };

/** What the thread says when it does not wait any longer. */
export const CANCEL = 'cancel';

/** Whether a value that a task has reported is such a call. */
export function isMainCall(value: unknown): value is MainCall {
  return typeof value === 'object' && value !== null && (value as { type?: unknown }).type === 'interleave.runOnMain';
}
