/**
 * What a kernel must do in JupyterLab, shown with scratch notebooks: lose no output, tell an exception, abort what
 * follows, and be stopped by the stop button whatever it is doing.
 */
import { join } from 'node:path';
import type { LabCell, LabPage } from './lab-page.js';
import { assertNone, type Report } from './report.js';
import { writeScratchNotebook, type ScratchCell } from './scratch-notebook.js';

/** Milliseconds for one cell, on a machine that does much else. */
const LIMIT = 300_000;

/** What the kernel's checks are run with. */
export interface KernelChecks {
  readonly lab: LabPage;
  readonly report: Report;
  /** The folder that JupyterLab was started on. */
  readonly notebooks: string;
  readonly screenshots: string;
}

/** Runs them all. */
export async function checkKernel(checks: KernelChecks): Promise<void> {
  const check = (title: string, body: () => Promise<string>): Promise<void> =>
    checks.report.check(`kernel: ${title}`, () => body().finally(() => checks.lab.shutDownKernels()));
  await check('100,000 lines arrive complete', () => manyLines(checks));
  await check('an exception shows name, message and stack; what follows is aborted', () => exception(checks));
  await check('a type error is an error', () => typeError(checks));
  for (const [name, code] of BUSY) await check(`the stop button ends ${name}`, () => interrupt(checks, name, code));
  await check('the stop button leaves the workers of a pool alone', () => interruptWithPool(checks));
  await check('completion knows the types', () => completion(checks));
}

async function open({ lab, notebooks }: KernelChecks, name: string, cells: readonly ScratchCell[]): Promise<void> {
  const path = `scratch/${name}.ipynb`;
  writeScratchNotebook(join(notebooks, path), cells);
  await lab.openNotebook(path);
}

function printed(cell: LabCell | undefined): string {
  return (cell?.outputs ?? []).map((output) => output.text ?? '').join('');
}

async function manyLines(checks: KernelChecks): Promise<string> {
  const { lab, screenshots } = checks;
  await open(checks, 'many-lines', [
    'for (let i = 0; i < 100_000; i++) console.log(`line ${i}`);',
    "console.log('after');",
  ]);
  const begun = performance.now();
  await lab.runAll();
  await lab.untilAllRan(LIMIT);
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  const [flood, after] = await lab.cells();
  const wanted = Array.from({ length: 100_000 }, (_, i) => `line ${i}\n`).join('');
  const seen = printed(flood);
  const problems: string[] = [];
  if (seen !== wanted) problems.push(`${seen.split('\n').length - 1} lines of 100000 arrived, or not in their order`);
  const shown = await lab.shownText(0);
  if (!shown.trimEnd().endsWith('line 99999'))
    problems.push(`the last lines shown are ${JSON.stringify(shown.slice(-200))}`);
  if (printed(after) !== 'after\n') problems.push(`the next cell printed ${JSON.stringify(printed(after))}`);
  await lab.screenshots(screenshots, 'kernel-many-lines', 2);
  assertNone(problems);
  return `${seconds} s until idle`;
}

async function exception(checks: KernelChecks): Promise<string> {
  const { lab, screenshots } = checks;
  await open(checks, 'exception', [
    'function divide(a: number, b: number): number {\n  if (b === 0) throw new RangeError("Cannot divide by zero");\n  return a / b;\n}',
    { source: 'divide(1, 0);', tags: ['raises-exception'] },
    "console.log('goes on after an expected failure');",
    'async function later(): Promise<number> {\n  await null;\n  return divide(2, 0);\n}\nawait later();',
    "console.log('never printed');",
  ]);
  await lab.runAll();
  await lab.untilAllRan(LIMIT);
  const cells = await lab.cells();
  const problems: string[] = [];
  for (const at of [1, 3]) {
    const error = cells[at]?.outputs.find((output) => output.output_type === 'error');
    if (error?.ename !== 'RangeError') problems.push(`cell ${at + 1}: the name is ${error?.ename}`);
    if (error?.evalue !== 'Cannot divide by zero') problems.push(`cell ${at + 1}: the message is ${error?.evalue}`);
    const shown = await lab.shownText(at);
    if (!/RangeError: Cannot divide by zero\n\s+at divide \(cell-1:2:\d+\)/.test(shown))
      problems.push(`cell ${at + 1} shows: ${shown}`);
    if (/tslab|node:internal|tools\/kernel|node:vm/.test(shown))
      problems.push(`cell ${at + 1} shows frames of the kernel: ${shown}`);
  }
  if (!printed(cells[2]).startsWith('goes on')) problems.push('the cell after an expected failure did not run');
  if (cells[4]?.executionCount !== null || cells[4]?.outputs.length !== 0) {
    problems.push('the cell after an unexpected failure was not aborted');
  }
  await lab.screenshots(screenshots, 'kernel-exception');
  assertNone(problems);
  return '';
}

async function typeError(checks: KernelChecks): Promise<string> {
  const { lab, screenshots } = checks;
  await open(checks, 'type-error', ['const count: number = "five";']);
  await lab.runAll();
  await lab.untilAllRan(LIMIT);
  const shown = await lab.shownText(0);
  await lab.screenshots(screenshots, 'kernel-type-error');
  const [cell] = await lab.cells();
  assertNone([
    ...(cell?.outputs.some((output) => output.output_type === 'error') === true ? [] : ['there is no error output']),
    ...(shown.includes("Type 'string' is not assignable to type 'number'") ? [] : [`the cell shows: ${shown}`]),
  ]);
  return '';
}

/** What a cell may be doing when the stop button is pressed. Each says first that it has begun. */
const BUSY = [
  ['a loop', "console.log('begun');\nwhile (true) {}"],
  ['a pending await', "console.log('begun');\nawait new Promise(() => {});"],
  [
    'a blocking wait after an await',
    "console.log('begun');\nawait null;\nAtomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);",
  ],
] as const;

async function interrupt(checks: KernelChecks, name: string, code: string): Promise<string> {
  const { lab, screenshots } = checks;
  const slug = name.replaceAll(' ', '-');
  await open(checks, `stop-${slug}`, ['let kept = 41;', code, 'console.log(kept + 1);']);
  await lab.runCell(0);
  await lab.untilRan(0, LIMIT);
  const kernel = await lab.kernelId();
  await lab.runCell(1);
  await lab.untilPrinted(1, 'begun');
  const begun = performance.now();
  await lab.pressStop();
  await lab.untilRan(1, LIMIT);
  const milliseconds = Math.round(performance.now() - begun);
  const [, stopped] = await lab.cells();
  const problems: string[] = [];
  if (stopped?.outputs.some((output) => output.output_type === 'error') !== true) {
    problems.push('the cell that was stopped shows no error');
  }
  // The same kernel goes on, with what it knew.
  await lab.runCell(2);
  await lab.untilPrinted(2, '42').catch(() => problems.push('the next cell did not print 42'));
  if ((await lab.kernelId()) !== kernel) problems.push('it is another kernel now');
  await lab.screenshots(screenshots, `kernel-stop-${slug}`);
  assertNone(problems);
  return `idle after ${milliseconds} ms`;
}

async function interruptWithPool(checks: KernelChecks): Promise<string> {
  const { lab, screenshots } = checks;
  await open(checks, 'stop-pool', [
    "import { ProcessPoolExecutor } from '@interleave/pools';\nconst pool = new ProcessPoolExecutor({ maxWorkers: 1 });\nconst before = await pool.submit(() => process.pid).result();",
    "console.log('begun');\nwhile (true) {}",
    "const after = await pool.submit(() => process.pid).result();\nconsole.log(after === before && after !== process.pid ? 'same worker' : 'another worker');",
    'await pool.shutdown();\nconsole.log("shut down");',
  ]);
  await lab.runCell(0);
  await lab.untilRan(0, LIMIT);
  await lab.runCell(1);
  await lab.untilPrinted(1, 'begun');
  await lab.pressStop();
  await lab.untilRan(1, LIMIT);
  await lab.runCell(2);
  await lab.untilRan(2, LIMIT);
  await lab.runCell(3);
  await lab.untilRan(3, LIMIT);
  const cells = await lab.cells();
  await lab.screenshots(screenshots, 'kernel-stop-pool');
  const errors = cells.flatMap((cell, at) => (at === 1 ? [] : cell.outputs)).filter(({ ename }) => ename !== undefined);
  const seen = [2, 3].map((at) => printed(cells[at])).join('');
  assertNone([
    ...errors.map(({ ename, evalue }) => `${ename}: ${evalue}`),
    ...(seen === 'same worker\nshut down\n' ? [] : [`after the stop the cells printed ${JSON.stringify(seen)}`]),
  ]);
  return '';
}

async function completion(checks: KernelChecks): Promise<string> {
  const { lab, screenshots } = checks;
  await open(checks, 'completion', ["const words = ['one', 'two'];", 'words.joi']);
  await lab.runCell(0);
  await lab.untilRan(0, LIMIT);
  await lab.editEnd(1);
  await lab.page.keyboard.press('Tab');
  const offered = lab.page.locator('.jp-Completer-item', { hasText: 'join' });
  await offered.waitFor();
  await lab.page.screenshot({ path: join(screenshots, 'kernel-completion.png') });
  await offered.click();
  await lab.page.locator('.jp-Cell[data-windowed-list-index="1"] .cm-content', { hasText: 'words.join' }).waitFor();
  return '';
}
