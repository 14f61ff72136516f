/** Every notebook of every chapter, run from top to bottom in JupyterLab, and looked at. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LabCell, LabOutput, LabPage } from './lab-page.js';
import { assertNone } from './report.js';

/** Milliseconds for all cells of one notebook, on a slow machine that does other things as well. */
const RUN_LIMIT = 300_000;

const PICTURE = /^image\//;

/** What one notebook is checked with. */
export interface BookCheck {
  /** The folder that JupyterLab was started on. */
  readonly notebooks: string;
  /** The notebook's path in it, with `/`. */
  readonly path: string;
  /** Where the pictures of the window go. */
  readonly screenshots: string;
}

/**
 * Opens a notebook, restarts its kernel and runs all cells by the menu, and looks at every cell.
 *
 * @returns what was seen, for the report
 * @throws {CheckProblem} with every fault that was found
 */
export async function checkNotebook(lab: LabPage, { notebooks, path, screenshots }: BookCheck): Promise<string> {
  const saved = pictureCells(readFileSync(join(notebooks, path), 'utf8'));
  const problems: string[] = [];
  const foreign = lab.foreign.length;
  const faults = lab.faults.length;
  await lab.openNotebook(path);

  // Before anything has run, the saved pictures must be there: that is what a reader sees first.
  const before = await lab.cells();
  for (const id of saved) {
    const at = before.findIndex((cell) => cell.id === id);
    if ((await lab.pictures(at)) === 0)
      problems.push(`${id}: its saved picture is not shown when the notebook is opened`);
  }

  const begun = performance.now();
  await lab.restartAndRunAll();
  await lab.untilAllRan(RUN_LIMIT).catch(() => problems.push(`not all cells have run after ${RUN_LIMIT / 1000} s`));
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);

  const cells = await lab.cells();
  problems.push(...cells.flatMap((cell) => cellProblems(cell)));
  let pictures = 0;
  for (const [at, cell] of cells.entries()) {
    const made = cell.outputs.filter(isPicture).length;
    if (saved.includes(cell.id) && made === 0) problems.push(`${cell.id}: the saved picture was not made again`);
    if (made === 0) continue;
    const shown = await lab.pictures(at);
    if (shown < made) problems.push(`${cell.id}: ${made} pictures were made, ${shown} are shown`);
    pictures += shown;
  }
  const name = path.replaceAll('/', '-').replace(/\.ipynb$/, '');
  await lab.theme('dark');
  await lab.screenshots(screenshots, `${name}-dark`);
  await lab.theme('light');
  await lab.screenshots(screenshots, `${name}-light`);
  await lab.shutDownKernels();
  problems.push(...lab.foreign.slice(foreign).map((url) => `the page asked another machine for ${url}`));
  problems.push(...lab.faults.slice(faults).map((fault) => `JupyterLab itself failed: ${fault}`));
  assertNone(problems);
  const code = cells.filter((cell) => cell.type === 'code').length;
  return `${code} cells in ${seconds} s, ${pictures} ${pictures === 1 ? 'picture' : 'pictures'}`;
}

function cellProblems(cell: LabCell): string[] {
  if (cell.type !== 'code' || cell.source.trim() === '') return [];
  if (cell.running) return [`${cell.id}: still running`];
  const errors = cell.outputs.filter((output) => output.output_type === 'error');
  const expected = cell.tags.includes('raises-exception');
  if (expected) return errors.length > 0 ? [] : [`${cell.id}: must raise an exception, and did not`];
  if (errors.length > 0) return errors.map((error) => `${cell.id}: ${error.ename}: ${error.evalue}`);
  return cell.executionCount === null ? [`${cell.id}: did not run`] : [];
}

function isPicture(output: LabOutput): boolean {
  return Object.keys(output.data ?? {}).some((type) => PICTURE.test(type));
}

/** The ids of the cells with a picture in their saved outputs. */
function pictureCells(text: string): string[] {
  const { cells } = JSON.parse(text) as { cells: { id: string; outputs?: LabOutput[] }[] };
  return cells.filter((cell) => (cell.outputs ?? []).some(isPicture)).map((cell) => cell.id);
}
