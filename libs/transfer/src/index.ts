export type { Ground } from './ground.js';
export { task, Task, isTask, type TaskLike, type TaskSource } from './task.js';
export { moduleTask, type FunctionExport, type ModuleTask } from './module-task.js';
export { captureTask, type TaskDefinition } from './capture-task.js';
export { restoreTask } from './restore-task.js';
export { localTask } from './local-task.js';
export { encodeValue, standsAlone, type EncodeOptions } from './encode-value.js';
export { copyLarge, type LargeCopy } from './copy-large.js';
export { decodeValue } from './decode-value.js';
export { encodeError } from './encode-error.js';
export { decodeError } from './decode-error.js';
export { carryContext, contextHere, runInContext } from './carry-context.js';
export { RemoteTraceback } from './remote-traceback.js';
export {
  registerTransfer,
  toTransfer,
  fromTransfer,
  type Transferable,
  type TransferableClass,
  type TransferContext,
  type TransferRegistration,
} from './register-transfer.js';
