/**
 * How a thread asks the main thread to run something, and gets the answer.
 *
 *     thread ──MainCall 'run', as progress of its task──> main: a task runs
 *        │  <──MainAnswer, on a channel of this call's───────┘
 *        └───MainCall 'cancel', as progress──> main: task.cancel()
 *
 * Both calls go the same way, so that a cancellation never comes before what it cancels.
 */

/** What the thread sends. */
export interface MainCall {
  readonly type: 'interleave.runOnMain';
  readonly what: 'run' | 'cancel';
  /** The name of the `BroadcastChannel` for the answer; no other call has it. */
  readonly channel: string;
  /** The function and its arguments, encoded; of what is to be run. */
  readonly work: unknown;
}

/** What the main thread answers. */
export type MainAnswer = { readonly value: unknown } | { readonly error: unknown };

/** Whether a value that a task has reported is such a call. */
export function isMainCall(value: unknown): value is MainCall {
  return typeof value === 'object' && value !== null && (value as { type?: unknown }).type === 'interleave.runOnMain';
}
