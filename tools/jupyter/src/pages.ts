/**
 * The book without JupyterLab: a copy of the notebooks is run headlessly, rendered, and served on the loopback. The
 * saved notebooks are never touched.
 *
 *     notebooks/ ── copy ── .jupyter/pages/<pid>/book ── run ── render ── .jupyter/pages/<pid>/html ── served
 */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { copyNotebooks } from './copy-notebooks.js';
import { chapters, notebooksIn } from './first-document.js';
import type { StartOptions } from './options.js';
import { servePageFolder } from './page-server.js';
import { isRunning } from './process-tree.js';
import type { Progress } from './progress.js';
import type { ProjectFolders } from './project-folders.js';
import type { CommandResult, CommandRunner } from './run-command.js';
import { StartProblem } from './start-problem.js';
import type { StopSignals } from './stop-signals.js';

/** What the pages are made with. */
export interface PagesOptions {
  readonly folders: ProjectFolders;
  readonly options: StartOptions;
  readonly env: NodeJS.ProcessEnv;
  readonly run: CommandRunner;
  readonly progress: Progress;
  readonly signals: Pick<StopSignals, 'stop'>;
}

/**
 * Runs and renders all notebooks, serves the pages, and stays until it is told to stop.
 *
 * A notebook with a failing cell is served all the same, with the failure in its page.
 *
 * @returns the exit code: 0 after a stop
 * @throws {StartProblem} if there is nothing to render, or rendering is impossible
 */
export async function servePages(pages: PagesOptions): Promise<number> {
  const { folders, options, progress, signals } = pages;
  const all = join(folders.state, 'pages');
  sweepPages(all);
  const work = join(all, String(process.pid));
  const book = join(work, 'book');
  const html = join(work, 'html');
  try {
    copyNotebooks(folders.notebooks, book);
    const count = chapters(book).flatMap((name) => notebooksIn(join(book, name))).length;
    await runBook(pages, book, count);
    signals.stop.throwIfAborted();
    const first = await renderBook(pages, book, html);
    const server = await servePageFolder(html, options);
    progress.say(`\n  Read   ${server.url}${first === 'index.html' ? '' : encodeURI(first)}\n  Stop   Ctrl-C\n`);
    await new Promise<void>((wake) => {
      signals.stop.addEventListener('abort', () => wake(), { once: true });
      if (signals.stop.aborted) wake();
    });
    await server.close();
    progress.say('  ✓ The pages are no longer served');
    return 0;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Removes pages whose launcher was killed. */
function sweepPages(all: string): void {
  for (const name of existsSync(all) ? readdirSync(all) : []) {
    if (!isRunning(Number(name))) rmSync(join(all, name), { recursive: true, force: true });
  }
}

async function runBook(pages: PagesOptions, book: string, count: number): Promise<void> {
  const { progress } = pages;
  const notebooks = count === 1 ? '1 notebook' : `${count} notebooks`;
  const failed = await progress.step(
    `Running ${notebooks}`,
    async (step) => {
      const result = await notebook(pages, ['execute', book], (line) => step.detail(line.trim()));
      return result.code === 0 ? '' : result.output;
    },
    (output) => `${notebooks} run${output === '' ? '' : ', not all of them to the end'}`,
  );
  if (failed === '') return;
  const telling = failed
    .trimEnd()
    .split('\n')
    .filter((line) => !line.startsWith('✓'));
  telling.slice(0, 20).forEach((line) => progress.say(`      ${line}`));
}

/** Returns the page to open first, relative to the folder of pages. */
async function renderBook(pages: PagesOptions, book: string, html: string): Promise<string> {
  const result = await pages.progress.step('Making pages of them', () =>
    notebook(pages, ['html', book, '--out', html]),
  );
  pages.signals.stop.throwIfAborted();
  const first = result.stdout.trimEnd().split('\n').at(-1) ?? '';
  if (result.code === 0 && existsSync(first)) return relative(html, first).split(sep).join('/');
  throw new StartProblem('Cannot make pages of the notebooks: the renderer failed', {
    output: result.output.trimEnd().split('\n').slice(-6).join('\n'),
    advice: ['Run npm test to see what is broken'],
  });
}

function notebook(pages: PagesOptions, args: string[], onLine?: (line: string) => void): Promise<CommandResult> {
  const { folders, env, run, signals } = pages;
  const program = join(folders.root, 'tools', 'notebook-runner', 'bin', 'notebook.mjs');
  return run(process.execPath, [program, ...args], {
    cwd: folders.root,
    env,
    signal: signals.stop,
    ...(onLine === undefined ? {} : { onLine }),
  });
}
