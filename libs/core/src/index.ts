export {
  InterleaveError,
  InvalidStateError,
  NotOwnerError,
  CancelledError,
  TimeoutError,
  BrokenExecutorError,
  WorkerExitError,
  ShutdownError,
  SerializationError,
  QueueEmptyError,
  QueueFullError,
  PoolFullError,
  QueueShutdownError,
  ClosedError,
  EndOfStreamError,
  BrokenPipeError,
  BufferTooShortError,
  BrokenBarrierError,
  OwnerDiedError,
  SharedMemoryExistsError,
  SharedMemoryNotFoundError,
  AlreadyRegisteredError,
  NotRegisteredError,
  TaskGroupError,
  GreenletExit,
  NotSupportedError,
  BlockingNotAllowedError,
  MainGuardError,
  AddressInUseError,
  RecursionDepthError,
} from './errors.js';
export type {
  InterleaveErrorOptions,
  CancelledErrorOptions,
  WorkerExitErrorOptions,
  SerializationErrorOptions,
  BufferTooShortErrorOptions,
} from './errors.js';
export { scoped, type Resource } from './scoped.js';
export { Hold } from './hold.js';
export { collect } from './collect.js';
export { TIMEOUT_MAX, checkTimeout, type NegativeTimeout } from './timeout.js';
export { Deadline } from './deadline.js';
export { within, type WaitOptions, type WithinOptions } from './within.js';
export { onAbort, abortError, throwIfAborted } from './cancellation.js';
export { systemClock, type Clock, type StopTimer, type TimerOptions } from './clock.js';
export { TimerHeap, type TimerHeapEntry } from './timer-heap.js';
export {
  TraceChannel,
  taskTrace,
  spanTrace,
  traceTime,
  newSpanNumber,
  type TaskEvent,
  type TaskSubmitted,
  type TaskStarted,
  type TaskEnded,
  type SpanEvent,
} from './trace.js';
export { setUncaughtHandler, reportUncaught, type UncaughtHandler, type UncaughtContext } from './uncaught.js';
export { asInnerOwner, asNewOwner, asOwner, currentOwner, isCurrentOwner, type Owner } from './owner.js';
