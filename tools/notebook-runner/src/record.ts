/** What is told about one cell of a run: in the console, in the JSON file and in the JUnit file. */

/** How a cell came out. */
export type CellStatus = 'passed' | 'failed' | 'aborted' | 'skipped';

/**
 * Why a cell did not pass.
 *
 * `check`: a sentence was not true. `error`: it threw, or something that it started did. `type-error`: the type checker
 * refused it. `no-error`: tagged `raises-exception`, and nothing was raised. `output-differs`: not the saved outputs.
 * `timeout`: it took too long and was stopped. `kernel-died`: the process ended under it. `kernel-missing`: there was
 * nothing to start. `invalid-notebook`: the file is no notebook. `not-run`: an earlier cell failed. `slow`: left out
 * by `--fast`.
 */
export type CellKind =
  | 'check'
  | 'error'
  | 'type-error'
  | 'no-error'
  | 'output-differs'
  | 'timeout'
  | 'kernel-died'
  | 'kernel-missing'
  | 'invalid-notebook'
  | 'not-run'
  | 'slow';

/** One cell of one run. */
export interface CellRecord {
  /** `chapter/notebook#cell-slug`; without the slug when the notebook as a whole failed. */
  readonly id: string;
  /** `chapter/notebook`. */
  readonly notebook: string;
  /** The cell's id; empty when the notebook as a whole failed. */
  readonly cell: string;
  readonly status: CellStatus;
  readonly kind?: CellKind;
  /** What happened, for people; several lines. */
  readonly message?: string;
  /** The cell's source, when it failed. */
  readonly source?: string;
  /** Milliseconds it ran. */
  readonly ms: number;
}

/** Numbers of cells. */
export interface Summary {
  readonly passed: number;
  readonly failed: number;
  readonly aborted: number;
  readonly skipped: number;
}

/** Counts records by status. */
export function summarise(records: readonly CellRecord[]): Summary {
  const count = (status: CellStatus): number => records.filter((record) => record.status === status).length;
  return { passed: count('passed'), failed: count('failed'), aborted: count('aborted'), skipped: count('skipped') };
}

/** `12 cells passed, 1 failed, 3 aborted`. */
export function summaryLine({ passed, failed, aborted, skipped }: Summary): string {
  const rest = [aborted > 0 ? `, ${aborted} aborted` : '', skipped > 0 ? `, ${skipped} skipped` : ''].join('');
  return `${passed} ${passed === 1 ? 'cell' : 'cells'} passed, ${failed} failed${rest}`;
}
