/**
 * Runs one notebook in a kernel of its own, cell after cell, and says of each how it came out.
 */
import { dirname } from 'node:path';
import type { KernelSpec } from '@interleave/kernel';
import { KERNEL_NAME } from '@interleave/kernel';
import { compareOutputs } from './compare.js';
import { describeExit, KernelMissingError } from './kernel-process.js';
import { InvalidNotebookError, notebookName, readNotebook, writeNotebook } from './notebook-file.js';
import type { Cell, Notebook } from './notebook-file.js';
import type { Output } from './outputs.js';
import { withoutMachinePaths } from './machine-paths.js';
import { errorFromText, withSavedError } from './plain-errors.js';
import type { CellKind, CellRecord } from './record.js';
import { KernelSession, KernelStartError } from './session.js';
import type { Execution } from './session.js';

/** What is done with the outputs of a run. */
export type RunMode = 'execute' | 'test';

export interface RunOptions {
  /** `execute` saves the new outputs, `test` compares them with the saved ones. */
  readonly mode: RunMode;
  /** Milliseconds a cell may run; five times as long when it is tagged `slow`. */
  readonly timeout: number;
  /** Leaves out cells tagged `slow`. */
  readonly fast?: boolean;
  /** Milliseconds between the interrupt of a cell that took too long and the kill. */
  readonly grace?: number;
  /** What to start; the workspace's kernel by default. */
  readonly spec?: KernelSpec;
  /** Hears of every cell as it comes out. */
  readonly onCell?: (record: CellRecord) => void;
  /** Hears how many cells there are before the first one runs. */
  readonly onStart?: (notebook: string, cells: number) => void;
}

/** Milliseconds of silence after the last cell that count as the end of all output. */
const QUIET = 60;
/** Milliseconds after which output that never ends is cut off. */
const QUIET_LIMIT = 1_000;
/** How much longer a cell tagged `slow` may take. */
const SLOW = 5;

/** Milliseconds after which plain tslab runs cells again that come behind a failure. */
const ABORTS = 300;

/** A cell that has run, while its late output can still arrive. */
interface Ran {
  readonly cell: Cell;
  readonly execution: Execution;
}

/**
 * Runs a notebook from its first cell to its last in a fresh kernel.
 *
 * After a cell that failed nothing more is run: the rest is `aborted`. An output that differs is no such failure.
 *
 * @returns one record per code cell, in order; a notebook that cannot be run at all gives one record without a cell
 */
export async function runNotebook(path: string, options: RunOptions): Promise<CellRecord[]> {
  let notebook: Notebook;
  try {
    notebook = await readNotebook(path);
  } catch (error) {
    return [whole(notebookName(path), 'invalid-notebook', error, options)];
  }
  const cells = notebook.cells.filter((cell) => cell.type === 'code');
  options.onStart?.(notebook.name, cells.length);
  const wanted = (notebook.metadata['kernelspec'] as { name?: string } | undefined)?.name ?? KERNEL_NAME;
  if (wanted !== KERNEL_NAME) {
    const reason = `Cannot run the notebook: it asks for the kernel "${wanted}"; this runner starts "${KERNEL_NAME}" only`;
    return [whole(notebook.name, 'kernel-missing', new Error(reason), options)];
  }
  let session: KernelSession;
  try {
    session = await KernelSession.start({
      cwd: dirname(notebook.path),
      ...(options.spec ? { spec: options.spec } : {}),
      ...(options.grace === undefined ? {} : { grace: options.grace }),
    });
  } catch (error) {
    return [
      whole(notebook.name, error instanceof KernelMissingError ? 'kernel-missing' : 'kernel-died', error, options),
    ];
  }
  try {
    return await runCells(notebook, cells, session, options);
  } finally {
    await session.close();
  }
}

async function runCells(
  notebook: Notebook,
  cells: readonly Cell[],
  session: KernelSession,
  options: RunOptions,
): Promise<CellRecord[]> {
  const ran: (Ran | undefined)[] = [];
  const records: CellRecord[] = [];
  const tell = (record: CellRecord): void => {
    records.push(record);
    options.onCell?.(record);
  };
  let stoppedBy: CellRecord | undefined;
  for (const cell of cells) {
    const base = { id: `${notebook.name}#${cell.id}`, notebook: notebook.name, cell: cell.id };
    if (stoppedBy) {
      tell({ ...base, status: 'aborted', kind: 'not-run', message: `not run: ${stoppedBy.cell} failed`, ms: 0 });
      continue;
    }
    if (options.fast && cell.tags.includes('slow')) {
      tell({ ...base, status: 'skipped', kind: 'slow', message: 'left out by --fast', ms: 0 });
      continue;
    }
    const execution = await executeCell(cell, session, options);
    ran.push({ cell, execution });
    const failure = judge(cell, execution, session, options);
    const ms = Math.round(execution.ms);
    if (!failure) {
      tell({ ...base, status: 'passed', ms });
      continue;
    }
    stoppedBy = { ...base, status: 'failed', ...failure, source: cell.source, ms };
    tell(stoppedBy);
  }
  if (!stoppedBy) await session.settle(QUIET, QUIET_LIMIT);
  return finish(notebook, ran, records, session, options);
}

async function executeCell(cell: Cell, session: KernelSession, { timeout }: RunOptions): Promise<Execution> {
  const run = (): Promise<Execution> =>
    session.execute(cell.source, {
      timeout: timeout * (cell.tags.includes('slow') ? SLOW : 1),
      stopOnError: false,
      cellId: cell.id,
    });
  const execution = await run();
  if (execution.status !== 'aborted') return execution;
  // Plain tslab knows no stop_on_error: for 200 ms after a failure, here one that was meant, it aborts everything.
  await new Promise((resolve) => setTimeout(resolve, ABORTS));
  return run();
}

/** Looks at everything once more when all late output is there, then compares or saves. */
async function finish(
  notebook: Notebook,
  ran: readonly (Ran | undefined)[],
  records: CellRecord[],
  session: KernelSession,
  options: RunOptions,
): Promise<CellRecord[]> {
  const results = new Map(ran.map((each) => [each?.cell.id, each]));
  const final = records.map((record) => {
    const done = results.get(record.cell);
    if (!done || record.status !== 'passed') return record;
    const failure = judge(done.cell, done.execution, session, options) ?? compare(done, options.mode);
    return failure ? { ...record, status: 'failed' as const, ...failure, source: done.cell.source } : record;
  });
  for (const record of final) if (!records.includes(record)) options.onCell?.(record);
  if (options.mode === 'execute') await save(notebook, results);
  return final;
}

/** Why a cell failed by itself, whatever was saved. */
function judge(
  cell: Cell,
  { status, outputs, exit }: Execution,
  session: KernelSession,
  { timeout }: RunOptions,
): { kind: CellKind; message: string } | undefined {
  if (status === 'died') {
    const how = exit ? describeExit(exit) : 'an unknown exit';
    const said = session.lastWords ? `\n${withoutMachinePaths(session.lastWords)}` : '';
    return { kind: 'kernel-died', message: `The kernel ended with ${how} while this cell ran${said}` };
  }
  if (status === 'timeout') {
    const limit = timeout * (cell.tags.includes('slow') ? SLOW : 1);
    const how = exit ? 'it did not stop when interrupted, and its kernel was killed' : 'it was interrupted';
    return { kind: 'timeout', message: `Not done within ${limit} ms: ${how}; raise --timeout or tag the cell "slow"` };
  }
  if (status === 'aborted') return { kind: 'not-run', message: 'The kernel did not run this cell' };
  const raised = outputs.error ?? (status === 'ok' ? undefined : errorFromText(outputs.finished()));
  if (cell.tags.includes('raises-exception')) {
    if (raised) return undefined;
    return { kind: 'no-error', message: 'Tagged "raises-exception", and nothing was raised' };
  }
  if (!raised) return undefined;
  const kind =
    raised.ename === 'CheckFailedError' ? 'check' : raised.ename === 'TypeScriptError' ? 'type-error' : 'error';
  // The message of a check holds its sentence and both values: the stack says nothing more.
  const message = kind === 'check' ? raised.evalue : raised.traceback.join('\n') || `${raised.ename}: ${raised.evalue}`;
  return { kind, message: withoutMachinePaths(message) };
}

function compare({ cell, execution }: Ran, mode: RunMode): { kind: CellKind; message: string } | undefined {
  if (mode !== 'test' || cell.tags.includes('live')) return undefined;
  const varies = cell.tags.includes('varies');
  const now = finished(execution);
  const toldAsText = execution.status === 'error' && !execution.outputs.error;
  const shown = toldAsText ? withSavedError(cell.outputs, now, varies) : now;
  const difference = compareOutputs(cell.outputs, shown, varies);
  if (!difference) return undefined;
  const { where, line, saved } = difference;
  const show = (text: string | undefined): string => (text === undefined ? '(nothing)' : text.slice(0, 400));
  return {
    kind: 'output-differs',
    message: `Output differs from what is saved (${where}, line ${line})\n  saved: ${show(saved)}\n  now:   ${show(difference.now)}`,
  };
}

/** A saved output stays as it is when the new one says the same, so that nothing changes when nothing has changed. */
async function save(notebook: Notebook, results: ReadonlyMap<string | undefined, Ran | undefined>): Promise<void> {
  for (const cell of notebook.cells) {
    const done = results.get(cell.id);
    if (!done) continue;
    const now = finished(done.execution);
    if (cell.tags.includes('live')) cell.outputs = [];
    else if (compareOutputs(cell.outputs, now, cell.tags.includes('varies'))) cell.outputs = now;
  }
  await writeNotebook(notebook);
}

function finished({ outputs }: Execution): Output[] {
  return withoutMachinePaths(outputs.finished());
}

function whole(notebook: string, kind: CellKind, error: unknown, { onCell }: RunOptions): CellRecord {
  const known =
    error instanceof InvalidNotebookError || error instanceof KernelMissingError || error instanceof KernelStartError;
  const message = known || error instanceof Error ? error.message : String(error);
  const record: CellRecord = { id: notebook, notebook, cell: '', status: 'failed', kind, message, ms: 0 };
  onCell?.(record);
  return record;
}
