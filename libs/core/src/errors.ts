/**
 * Every error class of Interleave, in one place, so that `instanceof` works whichever lib threw it and the codec that
 * carries errors between workers knows them all.
 *
 * Bad arguments are the built-in `TypeError` and `RangeError`. All the rest has the base class {@link InterleaveError}
 * and a stable `code`; a class of its own exists where a caller has a reason to catch it.
 */

/** The code of each class. Above the classes, because they enter themselves while they are being defined. */
const codes = new WeakMap<object, string>();

/** Options of every error here: `cause` as in the built-in `Error`, and a `code` that replaces the class's own. */
export interface InterleaveErrorOptions {
  /** What led to this error; kept as `error.cause`. */
  readonly cause?: unknown;
  /** A more exact code than the class's own, for instance `ERR_WORKER_OUT_OF_MEMORY`. */
  readonly code?: string;
}

/**
 * Base class of the errors that are not about a bad argument.
 *
 * @example
 * ```ts
 * try {
 *   await future.result({ timeout: 50 });
 * } catch (error) {
 *   if (error instanceof InterleaveError) console.log(error.code);
 * }
 * ```
 */
export class InterleaveError extends Error {
  /** A stable word for programs; the message is for people and may change. */
  readonly code: string;

  constructor(message: string, options: InterleaveErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = options.code ?? codeOf(new.target);
    hide(this, 'code');
  }
  static {
    named(this, 'InterleaveError', 'ERR_INTERLEAVE');
  }
}

/** Asked at the wrong moment or in the wrong state: started twice, set twice, already entered. */
export class InvalidStateError extends InterleaveError {
  static {
    named(this, 'InvalidStateError', 'ERR_INVALID_STATE');
  }
}

/** Released by somebody who does not own it. */
export class NotOwnerError extends InvalidStateError {
  static {
    named(this, 'NotOwnerError', 'ERR_NOT_OWNER');
  }
}

/** Options of {@link CancelledError}. */
export interface CancelledErrorOptions extends InterleaveErrorOptions {
  /** Why: `signal.reason` of the signal that stopped the wait, or what was given to `cancel(reason)`. */
  readonly reason?: unknown;
}

/** The work or the wait was cancelled; `reason` says by what. */
export class CancelledError extends InterleaveError {
  /** `signal.reason` of the signal that stopped it, or `undefined`. */
  readonly reason: unknown;

  constructor(message = 'Cancelled', options: CancelledErrorOptions = {}) {
    super(message, options);
    this.reason = options.reason;
    hide(this, 'reason');
  }
  static {
    named(this, 'CancelledError', 'ERR_CANCELLED');
  }
}

/** Time ran out. Where work was cancelled because of it, `cause` is the {@link CancelledError}. */
export class TimeoutError extends InterleaveError {
  static {
    named(this, 'TimeoutError', 'ERR_TIMEOUT');
  }
}

/** The pool lost a worker, or cannot start one, and refuses further work. */
export class BrokenExecutorError extends InterleaveError {
  static {
    named(this, 'BrokenExecutorError', 'ERR_BROKEN_EXECUTOR');
  }
}

/** Options of {@link WorkerExitError}. */
export interface WorkerExitErrorOptions extends InterleaveErrorOptions {
  /** The exit code, or `null` if a signal ended the worker. */
  readonly exitCode?: number | null;
  /** The name of the signal that ended the worker, or `null`. */
  readonly signal?: string | null;
  /** The operating system's process id of the worker; a thread has its process's. */
  readonly pid?: number;
}

/** One worker is gone while it still had work: its exit code or signal, and which worker it was. */
export class WorkerExitError extends BrokenExecutorError {
  /** The exit code, or `null` if a signal ended the worker. */
  readonly exitCode: number | null;
  /** The name of the signal that ended the worker, or `null`. */
  readonly signal: string | null;
  /** The operating system's process id of the worker. */
  readonly pid: number | undefined;

  constructor(message: string, options: WorkerExitErrorOptions = {}) {
    super(message, options);
    this.exitCode = options.exitCode ?? null;
    this.signal = options.signal ?? null;
    this.pid = options.pid;
  }
  static {
    named(this, 'WorkerExitError', 'ERR_WORKER_EXIT');
  }
}

/** Submitted after `shutdown()`. */
export class ShutdownError extends InterleaveError {
  static {
    named(this, 'ShutdownError', 'ERR_SHUTDOWN');
  }
}

/** Options of {@link SerializationError}. */
export interface SerializationErrorOptions extends InterleaveErrorOptions {
  /** Where the culprit is, from the task or argument down: `get/client/socket`. */
  readonly path?: string;
}

/** A value cannot travel to another thread or process; `path` leads to it. */
export class SerializationError extends InterleaveError {
  /** Where the culprit is, from the task or argument down: `get/client/socket`. */
  readonly path: string;

  constructor(message: string, options: SerializationErrorOptions = {}) {
    super(message, options);
    this.path = options.path ?? '';
  }
  static {
    named(this, 'SerializationError', 'ERR_SERIALIZATION');
  }
}

/** Nothing to take, and waiting was not allowed or its time ran out. */
export class QueueEmptyError extends InterleaveError {
  static {
    named(this, 'QueueEmptyError', 'ERR_QUEUE_EMPTY');
  }
}

/** No room, and waiting was not allowed or its time ran out. */
export class QueueFullError extends InterleaveError {
  static {
    named(this, 'QueueFullError', 'ERR_QUEUE_FULL');
  }
}

/** The pool of greenlets has no free place. */
export class PoolFullError extends QueueFullError {
  static {
    named(this, 'PoolFullError', 'ERR_POOL_FULL');
  }
}

/** The queue was shut down. */
export class QueueShutdownError extends InterleaveError {
  static {
    named(this, 'QueueShutdownError', 'ERR_QUEUE_SHUTDOWN');
  }
}

/** Used after `close()`. */
export class ClosedError extends InterleaveError {
  static {
    named(this, 'ClosedError', 'ERR_CLOSED');
  }
}

/** The other end closed, and everything it sent has been read. */
export class EndOfStreamError extends InterleaveError {
  static {
    named(this, 'EndOfStreamError', 'ERR_END_OF_STREAM');
  }
}

/** The other end is gone; what was sent cannot arrive. */
export class BrokenPipeError extends InterleaveError {
  static {
    named(this, 'BrokenPipeError', 'ERR_BROKEN_PIPE');
  }
}

/** Options of {@link BufferTooShortError}. */
export interface BufferTooShortErrorOptions extends InterleaveErrorOptions {
  /** The whole message that did not fit. */
  readonly data: Uint8Array;
}

/** The message is longer than the buffer; the whole message is in `data`. */
export class BufferTooShortError extends InterleaveError {
  /** The whole message that did not fit. */
  readonly data: Uint8Array;

  constructor(message: string, options: BufferTooShortErrorOptions) {
    super(message, options);
    this.data = options.data;
  }
  static {
    named(this, 'BufferTooShortError', 'ERR_BUFFER_TOO_SHORT');
  }
}

/** A party left the barrier, or it was aborted; nobody can pass any more. */
export class BrokenBarrierError extends InterleaveError {
  static {
    named(this, 'BrokenBarrierError', 'ERR_BROKEN_BARRIER');
  }
}

/** The owner of the lock ended without releasing it; `recover()` makes the lock usable again. */
export class OwnerDiedError extends InterleaveError {
  static {
    named(this, 'OwnerDiedError', 'ERR_OWNER_DIED');
  }
}

/** A shared memory segment of that name exists. */
export class SharedMemoryExistsError extends InterleaveError {
  static {
    named(this, 'SharedMemoryExistsError', 'ERR_SHARED_MEMORY_EXISTS');
  }
}

/** No shared memory segment has that name. */
export class SharedMemoryNotFoundError extends InterleaveError {
  static {
    named(this, 'SharedMemoryNotFoundError', 'ERR_SHARED_MEMORY_NOT_FOUND');
  }
}

/** The object is registered with this selector. */
export class AlreadyRegisteredError extends InterleaveError {
  static {
    named(this, 'AlreadyRegisteredError', 'ERR_ALREADY_REGISTERED');
  }
}

/** The object is not registered with this selector. */
export class NotRegisteredError extends InterleaveError {
  static {
    named(this, 'NotRegisteredError', 'ERR_NOT_REGISTERED');
  }
}

/** Tasks of a group failed; all their errors are in `errors`. */
export class TaskGroupError extends AggregateError {
  /** A stable word for programs. */
  readonly code: string = 'ERR_TASK_GROUP';

  constructor(errors: Iterable<unknown>, message: string, options: { readonly cause?: unknown } = {}) {
    super(errors, message, 'cause' in options ? { cause: options.cause } : undefined);
    hide(this, 'code');
  }
  static {
    named(this, 'TaskGroupError', 'ERR_TASK_GROUP');
  }
}

/** Thrown into a killed greenlet; ending with it counts as a success. */
export class GreenletExit extends InterleaveError {
  constructor(message = 'Killed', options: InterleaveErrorOptions = {}) {
    super(message, options);
  }
  static {
    named(this, 'GreenletExit', 'ERR_GREENLET_EXIT');
  }
}

/** Impossible on this platform, or in this combination. */
export class NotSupportedError extends InterleaveError {
  static {
    named(this, 'NotSupportedError', 'ERR_NOT_SUPPORTED');
  }
}

/** A `...Sync` call would block the main thread; see `allowMainThreadBlocking()`. */
export class BlockingNotAllowedError extends InterleaveError {
  static {
    named(this, 'BlockingNotAllowedError', 'ERR_BLOCKING_NOT_ALLOWED');
  }
}

/** A worker was started while a worker's own main module was loading. */
export class MainGuardError extends InterleaveError {
  static {
    named(this, 'MainGuardError', 'ERR_MAIN_GUARD');
  }
}

/** The address is taken. */
export class AddressInUseError extends InterleaveError {
  static {
    named(this, 'AddressInUseError', 'ERR_ADDRESS_IN_USE');
  }
}

/** Pools inside pools inside pools: deeper than the documented depth. A `RangeError`, as in the language itself. */
export class RecursionDepthError extends RangeError {
  /** A stable word for programs. */
  readonly code: string = 'ERR_RECURSION_DEPTH';

  constructor(message: string, options: { readonly cause?: unknown } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    hide(this, 'code');
  }
  static {
    named(this, 'RecursionDepthError', 'ERR_RECURSION_DEPTH');
  }
}

/**
 * Puts the name on the prototype, as the built-in errors have it. Reading it from the constructor's `name` would break
 * when a bundler shortens class names.
 */
function named(errorClass: { prototype: Error }, name: string, code: string): void {
  Object.defineProperty(errorClass.prototype, 'name', { value: name, configurable: true, writable: true });
  codes.set(errorClass, code);
}

/** The code of the class, or of its nearest ancestor here when somebody made a subclass. */
function codeOf(errorClass: object): string {
  for (let c: object | null = errorClass; c !== null; c = Object.getPrototypeOf(c) as object | null) {
    const code = codes.get(c);
    if (code !== undefined) return code;
  }
  return 'ERR_INTERLEAVE';
}

/** Keeps a field out of `console.log(error)`, where it would only repeat the message. */
function hide(error: Error, field: string): void {
  Object.defineProperty(error, field, { enumerable: false });
}
