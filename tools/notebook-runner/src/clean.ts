/** The command `clean`: a notebook without outputs. */
import { readNotebook, writeNotebook } from './notebook-file.js';

/**
 * Removes every output of a notebook, and what Jupyter wrote beside them.
 *
 * @returns whether the file changed
 * @throws {InvalidNotebookError} if it is no notebook
 */
export async function cleanNotebook(path: string): Promise<boolean> {
  const notebook = await readNotebook(path);
  for (const cell of notebook.cells) cell.outputs = [];
  return writeNotebook(notebook);
}
