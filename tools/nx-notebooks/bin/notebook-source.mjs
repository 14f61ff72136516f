// Prints one line that changes when the source of a notebook changes, and stays when only its outputs do.
//
// `execute` writes the outputs into the notebook it reads. Hashed as a file, every first run would invalidate itself;
// hashed by this, the outputs are what they are: the product of the source.
//
//     node bin/notebook-source.mjs notebooks/05-futures/01-series.ipynb
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const [path] = process.argv.slice(2);

/** The notebook without what a run writes; the text as it is when it is no notebook. */
function sourceOf(text) {
  let notebook;
  try {
    notebook = JSON.parse(text);
  } catch {
    return text;
  }
  if (!Array.isArray(notebook?.cells)) return text;
  for (const cell of notebook.cells) {
    if (cell === null || typeof cell !== 'object') continue;
    delete cell.outputs;
    delete cell.execution_count;
  }
  return JSON.stringify(notebook);
}

function textOf(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    // Nx reads an empty answer or a failure as "no input": a missing file must be a value of its own.
    return `unreadable: ${error.code}`;
  }
}

console.log(
  createHash('sha256')
    .update(sourceOf(textOf(path)))
    .digest('hex'),
);
