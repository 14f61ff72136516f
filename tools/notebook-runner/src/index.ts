export { main } from './cli.js';
export { cleanNotebook } from './clean.js';
export { compareOutputs, withoutNumbers } from './compare.js';
export type { Difference } from './compare.js';
export { findNotebooks } from './find-notebooks.js';
export { KernelMissingError } from './kernel-process.js';
export type { KernelExit } from './kernel-process.js';
export {
  formatNotebook,
  InvalidNotebookError,
  notebookName,
  parseNotebook,
  readNotebook,
  writeNotebook,
} from './notebook-file.js';
export type { Cell, Notebook } from './notebook-file.js';
export type { CellError, CellOutputs, MimeBundle, Output } from './outputs.js';
export { summarise, summaryLine } from './record.js';
export type { CellKind, CellRecord, CellStatus, Summary } from './record.js';
export { runNotebook } from './run-notebook.js';
export type { RunMode, RunOptions } from './run-notebook.js';
export { KernelSession, KernelStartError } from './session.js';
export type { ExecuteOptions, Execution, ExecutionStatus, SessionOptions } from './session.js';
