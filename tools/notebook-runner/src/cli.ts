/** The command `notebook`: reads the command line, runs the notebooks, and tells how it went. */
import { findNotebooks } from './find-notebooks.js';
import { parseOptions, usage, UsageError } from './options.js';
import type { Options } from './options.js';
import { Progress } from './progress.js';
import type { CellRecord } from './record.js';
import { summarise, summaryLine } from './record.js';

/**
 * Runs the command.
 *
 * @param argv - the command line without node and script
 * @returns the exit code: 0 all passed, 1 something did not, 2 the command line is wrong
 */
export async function main(argv: readonly string[]): Promise<number> {
  let end = (code: number): void => process.exit(code);
  // Who reads has seen enough, as `head` has: end without a word, as the signal SIGPIPE ends other programs.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    end(141);
  });
  try {
    const options = parseOptions(argv);
    if (!options) {
      console.log(usage);
      return 0;
    }
    const notebooks = await findNotebooks(options.paths);
    switch (options.command) {
      case 'execute':
      case 'test':
        return await run(notebooks, options.command, options, (stop) => (end = stop));
      case 'clean': {
        const { cleanNotebook } = await import('./clean.js');
        for (const path of notebooks) await cleanNotebook(path);
        return 0;
      }
      case 'html': {
        const { renderNotebooks } = await import('./html/render-notebooks.js');
        console.log(await renderNotebooks(notebooks, options.out));
        return 0;
      }
    }
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`${error.message}\nSee notebook --help`);
    return 2;
  }
}

async function run(
  notebooks: readonly string[],
  mode: 'execute' | 'test',
  options: Options,
  onStop: (stop: (code: number) => void) => void,
): Promise<number> {
  const [{ runNotebook }, { KernelSession }, { kernelSpec }, { workspaceRoot }] = await Promise.all([
    import('./run-notebook.js'),
    import('./session.js'),
    import('@interleave/kernel'),
    import('./workspace.js'),
  ]);
  const progress = new Progress(process.stdout, notebooks.length);
  let stopping = false;
  const stop = (code: number): void => {
    if (stopping) return;
    stopping = true;
    progress.close();
    void KernelSession.killAll().finally(() => process.exit(code));
  };
  onStop(stop);
  // Kernels have process groups of their own: Ctrl-C reaches this process alone.
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    process.once(signal, () => stop(code));
  }
  const results: CellRecord[][] = [];
  const waiting = notebooks.entries();
  const worker = async (): Promise<void> => {
    for (const [at, path] of waiting) {
      results[at] = await runNotebook(path, {
        mode,
        timeout: options.timeout,
        fast: options.fast,
        spec: kernelSpec(workspaceRoot, { plain: options.plain }),
        onStart: (notebook, cells) => progress.start(notebook, cells),
        onCell: (record) => progress.cell(record),
      });
      progress.end(results[at]);
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.jobs, notebooks.length) }, worker));
  progress.close();
  const records = results.flat();
  if (options.json !== undefined) {
    const { writeJsonReport } = await import('./report-json.js');
    await writeJsonReport(options.json, records);
  }
  if (options.junit !== undefined) {
    const { writeJunitReport } = await import('./report-junit.js');
    await writeJunitReport(options.junit, records);
  }
  const summary = summarise(records);
  console.log(summaryLine(summary));
  return summary.failed + summary.aborted === 0 ? 0 : 1;
}
