export { cpuCount } from './cpu-count.js';
export { currentThread, type CurrentThread } from './current-thread.js';
export { currentProcess, type CurrentProcess } from './current-process.js';
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
