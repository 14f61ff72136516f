import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** A cell of a scratch notebook: its code, or its code with tags. */
export type ScratchCell = string | { readonly source: string; readonly tags: readonly string[] };

/** Writes a notebook with the given code cells, for the project's kernel. */
export function writeScratchNotebook(file: string, cells: readonly ScratchCell[]): void {
  mkdirSync(dirname(file), { recursive: true });
  const notebook = {
    cells: cells.map((cell, index) => ({
      cell_type: 'code',
      execution_count: null,
      id: `cell-${index + 1}`,
      metadata: typeof cell === 'string' ? {} : { tags: cell.tags },
      outputs: [],
      source: typeof cell === 'string' ? cell : cell.source,
    })),
    metadata: {
      kernelspec: { display_name: 'TypeScript (Interleave)', language: 'typescript', name: 'tslab' },
      language_info: { file_extension: '.ts', mimetype: 'text/typescript', name: 'typescript' },
    },
    nbformat: 4,
    nbformat_minor: 5,
  };
  writeFileSync(file, `${JSON.stringify(notebook, null, 1)}\n`);
}
