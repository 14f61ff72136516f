/**
 * Every message that crosses between an executor and its workers.
 *
 * Tasks and results travel in flat arrays, several in one message: a message costs about 3 µs however much is in it.
 * A task is named by its slot, an integer that is free again when the worker has answered for it.
 *
 *     executor                          worker
 *     Initialize   ─────────────────>   runs the initializer, then `ready` (of @interleave/workers)
 *     Define       ─────────────────>   keeps a function under a number
 *     Run          ─────────────────>   tasks, in the order in which they will run
 *                  <─────────────────   Started (if asked for), Progress, Item (of a stream)
 *     Allow        ─────────────────>   room for more items of a stream
 *                  <─────────────────   Done: outcomes, in the order in which they ended
 *     Abort        ─────────────────>   aborts the signal of a running task
 *                  <─────────────────   Grown: it takes too much memory and wants to be replaced
 *                  <─────────────────   Uncaught: an error outside of any task; the worker ends itself
 *
 * A structured clone keeps shared references within one message. So that two tasks of one message never share an
 * object, a message carries at most one task whose arguments (or result) hold an object. The list of a chunk does not
 * count as one: it was made for its message; nor does data that `transfer` has written into a flat list.
 */
import type { TaskDefinition } from '@interleave/transfer';

/** First message to a worker. */
export interface Initialize {
  readonly type: 'initialize';
  /** The claim table of the executor; only threads can share one. */
  readonly claims: SharedArrayBuffer | undefined;
  /**
   * Whether each outcome goes out at once: if the worker dies, only the task it ran is unanswered. A table of claims tells that,
   * too.
   */
  readonly prompt: boolean;
  /** How much memory it may take before it says {@link Grown}, in bytes. */
  readonly memory: number | undefined;
  readonly initializer: TaskDefinition | undefined;
  /** Arguments of the initializer, encoded. */
  readonly args: unknown;
}

/** Sends a function, before the first {@link Run} that uses its number. */
export interface Define {
  readonly type: 'define';
  readonly index: number;
  readonly definition: TaskDefinition;
}

/** Takes a function back; tasks that were sent before still run. */
export interface Forget {
  readonly type: 'forget';
  readonly index: number;
}

/** Aborts the signal that a running task sees. */
export interface Abort {
  readonly type: 'abort';
  readonly slot: number;
  /** The message of the error that the task's signal gets as its reason. */
  readonly reason: string;
}

/** So many values of a streaming task were read. */
export interface Allow {
  readonly type: 'allow';
  readonly slot: number;
  readonly count: number;
}

/** Tasks to run: `slot, index of the function, flags, arguments` again and again. */
export type Run = unknown[];
/** Entries of a task in {@link Run}. */
export const RUN_STRIDE = 4;

/**
 * How many entries of flat data are in a message before the next one begins: the other side gets to work on the first one
 * while the second is written.
 */
export const MOST_ENTRIES = 4_096;

/** How many entries of flat data the arguments or the result of a task are. */
export function entriesIn(encoded: unknown): number {
  return Array.isArray(encoded) ? encoded.length : 0;
}

/** How the arguments of a task are written: the lowest two bits of its flags. */
export const ARGS_NONE = 0;
/** One primitive, as it is. */
export const ARGS_ONE = 1;
/** An array of primitives, as it is. */
export const ARGS_LIST = 2;
/** An array, encoded by `encodeValue`. */
export const ARGS_ENCODED = 3;
/** The mask of the bits above. */
export const ARGS_MASK = 3;
/** Flag: the times of start and end are wanted. */
export const STAMP = 4;
/** Flag: a {@link Started} is wanted. */
export const ANNOUNCE = 8;
/** Flag: the arguments are a list of argument lists, one for each call; the result is a list of outcomes. */
export const CHUNK = 16;
/** Flag of a {@link CHUNK}: each entry of the list is the only argument of its call. Numbers come as a Float64Array. */
export const ITEMS = 32;
/** Flag: the arguments are a pair: what the carried storages held at the submit, encoded, and the arguments, encoded. */
export const CONTEXT = 64;
/** Flag: the task returns an iterable, whose values go out as {@link Item}. */
export const STREAM = 128;
/** Flag: objects of it have moved to this worker, which does not give the task back. */
export const STAYS = 256;
/** Flag: nothing else is on its way and a processor is free, so it pays to look out for the next task. */
export const LOOK_OUT = 512;
/** The bits above the flags: how many values of a {@link STREAM} may be on their way or unread. */
export const WINDOW_SHIFT = 10;

/** What goes to a worker. */
export type HostMessage = Run | Initialize | Define | Forget | Abort | Allow;

/**
 * Outcomes of tasks, in one flat array, which clones in half the time of an object with arrays:
 *
 *     slot, status, value                               of each task that has ended
 *     index of the function, calls, milliseconds        of each function that was called
 *     slot, start, end (milliseconds since 1970)        of each task with STAMP
 *     length of the second part, length of the third
 */
export type Done = unknown[];
/** Entries of one row in each part of {@link Done}. */
export const DONE_STRIDE = 3;

/** The value is a primitive, as it is. */
export const RETURNED = 0;
/** The value was encoded by `encodeValue`. */
export const RETURNED_ENCODED = 1;
/** The error was encoded by `encodeError`. */
export const THREW = 2;
/** The task did not run: it had been taken back, or the worker gives it back. */
export const SKIPPED = 3;
/** The outcomes of a {@link CHUNK}: `status, value` again and again. */
export const RETURNED_CHUNK = 4;
/** The outcomes of a {@link CHUNK} whose calls all returned primitives: their list; numbers as a Float64Array. */
export const RETURNED_LIST = 5;

/** A task is about to run. */
export interface Started {
  readonly type: 'started';
  readonly slot: number;
}

/** A task reported progress. */
export interface Progress {
  readonly type: 'progress';
  readonly slot: number;
  /** Encoded by `encodeValue`. */
  readonly value: unknown;
}

/** A value of a streaming task. */
export interface Item {
  readonly type: 'item';
  readonly slot: number;
  /** Encoded by `encodeValue`. */
  readonly value: unknown;
}

/** The worker takes more memory than it should: it wants to be replaced. */
export interface Grown {
  readonly type: 'grown';
}

/** The initializer failed; the worker ends itself. */
export interface InitializerFailed {
  readonly type: 'initializer-failed';
  /** Encoded by `encodeError`. */
  readonly error: unknown;
}

/** An error that no task can be blamed for, or whose task still runs; the worker takes nothing more and ends itself. */
export interface Uncaught {
  readonly type: 'uncaught';
  /** Encoded by `encodeError`. */
  readonly error: unknown;
  /** The task that was running, or -1. */
  readonly slot: number;
}

/** What comes from a worker. */
export type WorkerMessage = Done | Started | Progress | Item | Grown | InitializerFailed | Uncaught;
