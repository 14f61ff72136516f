/** One thing that breaks a rule. */
export interface Finding {
  /** Path from the workspace root; of a notebook with the cell: `notebooks/a/b.ipynb#cell-slug`. */
  readonly file: string;
  /** From 1; `undefined` when the whole file is meant. */
  readonly line?: number | undefined;
  /** What is wrong and what to do, in one sentence. */
  readonly message: string;
}

/** The finding as one line that editors and CI systems turn into a link. */
export function formatFinding({ file, line, message }: Finding): string {
  return `${file}${line === undefined ? '' : `:${line}`}: ${message}`;
}
