export { Process } from './process.js';
export { Thread, type ThreadOptions } from './thread.js';
export { fork, type ForkOptions } from './fork.js';
export { exit } from './exit.js';
export { type Child, type ChildOptions, type TerminateOptions } from './child.js';
export { activeChildren } from './active-children.js';
export { parentProcess, type ParentProcess } from './parent-process.js';
export { currentProcess, type CurrentProcess } from './current-process.js';
export { currentThread, type CurrentThread } from './current-thread.js';
export { cpuCount } from './cpu-count.js';
export { carryContext } from '@interleave/transfer';
// For building pools.
export { startThread } from './start-thread.js';
export { startProcess } from './start-process.js';
export { connectParent, type ParentLink, type ParentLinkOptions } from './parent-link.js';
export { holdProcess } from './hold-process.js';
export { identity, type Identity } from './identity.js';
export type {
  StartWorkerOptions,
  StopOptions,
  StopStep,
  WorkerExit,
  WorkerHandle,
  WorkerKind,
  WorkerResourceLimits,
} from './worker-handle.js';
