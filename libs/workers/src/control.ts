/**
 * The messages that this lib itself exchanges with its workers, on the same channel as those of its user.
 *
 * They are objects with one key that nothing else has. A user's message that is an array or a primitive is told apart
 * without looking further.
 */
export type Control =
  /** Worker to parent: the entry is up and takes messages. */
  | { readonly type: 'ready' }
  /** Worker to parent: text for stdout (1) or stderr (2). Threads only: processes have pipes. */
  | { readonly type: 'output'; readonly fd: 1 | 2; readonly text: string }
  /** Worker to parent: it comes to an end of its own, with this exit code. A process sends it when nothing follows. */
  | { readonly type: 'leaving'; readonly code: number }
  /** Parent to worker: finish and end by yourself. */
  | { readonly type: 'stop' };

const KEY = '@interleave/workers';

/** Wraps a control message for the channel. */
export function wrapControl(control: Control): object {
  return { [KEY]: control };
}

/** The control message in a message from the channel, or `undefined` if it is the user's. */
export function readControl(message: unknown): Control | undefined {
  if (typeof message !== 'object' || message === null || Array.isArray(message)) return undefined;
  return Object.hasOwn(message, KEY) ? (message as { [KEY]: Control })[KEY] : undefined;
}
